// Last year's rows, in grey under this year's: one press takes one over. It is an op like any other, kept in the queue and undone with Ctrl+Z.
(function () {
  "use strict";
  const grid = window.ipweekGrid, place = document.getElementById("old-rows");
  if (!grid || !place) return;
  const nameOf = (line) => line.querySelector("[data-key=event_name]").textContent.trim();
  const lines = () => grid.all(place, "[data-old]"), shown = () => lines().filter((line) => !line.hidden);

  // What stands in the table already is offered no more; what was undone is again.
  function tidy() {
    const there = new Set(grid.all(grid.body, "textarea[name$='.event_name'],.shut .text").map((cell) => (cell.value === undefined ? cell.textContent : cell.value).trim()));
    lines().forEach((line) => { line.hidden = there.has(nameOf(line)); });
    place.hidden = !shown().length;
  }

  function take(line) {
    const blank = grid.body.rows[grid.body.rows.length - 1], cells = grid.fields(blank);
    const texts = new Map(grid.all(line, "[data-key]").filter((td) => !td.querySelector("del")).map((td) => [td.dataset.key, td.textContent]));
    grid.apply(cells.filter((cell) => texts.get(grid.keyOf(cell))).map((cell) => [cell, texts.get(grid.keyOf(cell))]), "imported");
    grid.go(cells.find((cell) => grid.keyOf(cell) === "event_time") || cells[0]);
    tidy();
  }

  place.addEventListener("click", (event) => {
    const press = event.target.closest("button");
    if (press) take(press.closest("tr"));
  });
  place.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key], now = shown(), next = now.indexOf(event.target.closest("tr")) + by;
    if (!by) return;
    event.preventDefault();
    if (next < 0) grid.go(grid.fields(grid.body.rows[grid.body.rows.length - 1])[0]);
    else if (now[next]) now[next].querySelector("button").focus();
  });
  place.addEventListener("htmx:afterSwap", tidy);
  new MutationObserver(tidy).observe(grid.body, { childList: true });
}());
