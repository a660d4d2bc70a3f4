// Drafts: what is not saved yet stands in localStorage too, per user and table, and is offered again after a crash.

function drafts(change) {
  try {
    const kept = JSON.parse(localStorage.getItem(shelf) || "{}");
    change(kept);
    if (Object.keys(kept).length) localStorage.setItem(shelf, JSON.stringify(kept)); else localStorage.removeItem(shelf);
    return Object.values(kept);
  } catch (error) { return []; }  // storage is off or full: the page still holds everything
}
const keep = (op) => drafts((kept) => { kept[op.id] = op; }), drop = (op) => drafts((kept) => { delete kept[op.id]; });

let typing = 0;
function remember(cell) {
  clearTimeout(typing);
  typing = setTimeout(() => { if (cell.value !== cell.defaultValue) keep({ id: `typing:${cell.name}`, kind: "cell", row: rowOf(cell), key: keyOf(cell), value: cell.value, base: baseOf(cell) }); }, 300);
}
function forget(cell) {
  clearTimeout(typing);
  drop({ id: `typing:${cell.name}` });
}

function offer() {
  const left = drafts(() => {}), box = find("drafts"), texts = left.flatMap((op) => (op.kind === "cell" ? [op.value] : cellsOf(op).map((one) => one.value))).filter(Boolean);
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
  (op.kind === "row" ? [[op.temp]] : op.rows || []).forEach(([temp]) => fillBlank(last(body.rows), temp));
  cellsOf(op).forEach((one) => {
    const cell = cellAt(one.row, one.key);
    if (!cell) return;
    set(cell, one.value);
    if (one.row === "new") { commit(cell); return; }
    cell.defaultValue = one.value;
    state(cell, "saving");
  });
  if (op.row !== "new") put({ ...op, id: op.id.startsWith("typing") ? newId() : op.id });
}
