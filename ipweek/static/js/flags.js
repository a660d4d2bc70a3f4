// Marked places on the table's page: the way to the cell (F8: the next one).
(function () {
  "use strict";
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
