// What was not saved when the page was left, or crashed, is offered again. Fetched only where something lies on the shelf.
(function () {
  "use strict";
  const { body, reach, cellsOf, commit, drop, fillBlank, left, newId, put, set, state } = window.ipweekGrid;

  function offer() {
    const box = document.getElementById("drafts"), texts = left.flatMap((op) => (op.kind === "cell" ? [op.value] : cellsOf(op).map((one) => one.value))).filter(Boolean);
    if (!texts.length) { left.forEach(drop); return; }
    box.querySelector("b").textContent = texts.length;
    box.querySelector("span").textContent = texts.slice(0, 3).map((text) => `“${text.slice(0, 20)}”`).join("、");
    box.hidden = false;
    box.addEventListener("click", (event) => {
      const press = event.target.dataset.drafts;
      if (!press) return;
      box.hidden = true;
      left.forEach(drop);
      if (press === "restore") left.forEach(restore);
    });
  }

  // A draft back on the screen and in the queue, with the id and the base it had.
  function restore(op) {
    (op.kind === "row" ? [[op.temp]] : op.rows || []).forEach(([temp]) => fillBlank(body.rows[body.rows.length - 1], temp));
    cellsOf(op).forEach((one) => {
      const cell = reach(`${one.row}.${one.key}`);
      if (!cell) return;
      set(cell, one.value);
      if (one.row === "new") { commit(cell); return; }
      cell.defaultValue = one.value;
      state(cell, "saving");
    });
    if (op.row !== "new") put({ ...op, id: op.id.startsWith("typing") ? newId() : op.id });
  }

  offer();
}());
