// Marked places: on the review page a note for each cell that is ticked; on the table page the way to the cell (F8: the next one).
(function () {
  "use strict";
  const notes = document.getElementById("flag-notes");

  function note(box) {
    const old = document.getElementById(`note-${box.value}`);
    if (!box.checked) { if (old) old.remove(); return; }
    if (old) return;
    const line = document.createElement("label"), field = document.createElement("input");
    line.id = `note-${box.value}`;
    field.name = `note:${box.value}`;
    field.maxLength = 500;
    line.append(`${box.getAttribute("aria-label").replace("标出", "")}：`, field);
    notes.append(line);
    notes.closest("details").open = true;
  }
  // The boxes in the table belong to the panel of 退回修改: they stand there while it is open, and 通过 steps back.
  function mark(panel) {
    const approve = document.querySelector(".decide form .big");
    document.documentElement.classList.toggle("not-marking", !panel.open);
    document.documentElement.classList.toggle("marking", panel.open);
    if (approve) approve.classList.toggle("second", panel.open);
  }
  if (notes) {
    mark(notes.closest("details"));
    notes.closest("details").addEventListener("toggle", (event) => mark(event.target));
  }
  if (notes) document.querySelectorAll('input[name="flag"]').forEach((box) => box.addEventListener("change", () => note(box)));

  function go(link) {
    const cell = link.dataset.cell && document.getElementsByName(link.dataset.cell)[0];
    if (!cell) return false;
    cell.scrollIntoView({ block: "center" });
    cell.focus();
    return true;
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-cell]");
    if (link && go(link)) event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    const open = [...document.querySelectorAll("[data-open]")];
    if (event.key !== "F8" || event.isComposing || !open.length) return;
    const at = open.findIndex((link) => document.activeElement.name === link.dataset.cell);
    if (go(open[(at + 1) % open.length])) event.preventDefault();
  });
}());
