// Rows are dragged by their number to another place; the buttons and Alt+arrow do the same. Fetched when the mouse first comes to a number.
(function () {
  "use strict";
  const { body, put, commit, activeCell } = window.ipweekGrid, EDGE = 50;
  let line = null, target = null, isBelow = false;

  const rowAt = (event) => {
    const under = document.elementFromPoint(event.clientX, event.clientY), row = under && under.closest("tr");
    return row && row.parentElement === body ? row : null;
  };

  function mark(row, below) {
    if (target) target.classList.remove("drop-above", "drop-below");
    target = row;
    isBelow = below;
    if (row) row.classList.add(below ? "drop-below" : "drop-above");
  }

  function move(event) {
    const row = rowAt(event), box = row && row.getBoundingClientRect();
    if (row) {
      const below = !row.matches(".blank") && event.clientY > box.top + box.height / 2;
      mark(row === line ? null : row, below);
    }
    const by = event.clientY < EDGE + 60 ? -12 : event.clientY > window.innerHeight - EDGE ? 12 : 0;
    window.scrollBy(0, by);
    body.closest(".sheet-scroll").scrollBy(0, by);
  }

  function end(event) {
    const before = target && (isBelow ? target : target.previousElementSibling), moved = line;
    document.removeEventListener("mousemove", move);
    document.removeEventListener("mouseup", end);
    document.removeEventListener("keydown", cancel, true);
    document.documentElement.classList.remove("dragging");
    line.classList.remove("going");
    const isMeant = target && before !== moved && event.type === "mouseup";
    mark(null);
    line = null;
    if (!isMeant) return;
    commit(activeCell());
    put({ kind: "act", act: "move", row: moved.dataset.row, after: before ? before.dataset.row : "" });
  }

  function cancel(event) {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    end(event);
  }

  body.addEventListener("mouseover", (event) => {
    const number = event.target.closest("tr:not(.blank)>th");
    if (number) number.title = "按住拖动，可调整顺序";
  });
  body.addEventListener("mousedown", (event) => {
    const number = event.target.closest("th"), row = number && number.closest("tr");
    if (!row || event.button || event.target.closest("a") || row.matches(".blank,.gone")) return;
    event.preventDefault();  // the cell that has the focus keeps it, and no text is selected
    line = row;
    line.classList.add("going");
    document.documentElement.classList.add("dragging");
    document.addEventListener("mousemove", move);
    document.addEventListener("mouseup", end);
    document.addEventListener("keydown", cancel, true);
  });
}());
