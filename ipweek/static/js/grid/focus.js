// Focus, modes and the selected range: where the cursor is, where it goes, and what is marked.

function setMode(next) {
  mode = next;
  active.dataset.mode = next;
}

function arrive(cell) {
  if (active && active !== cell) delete active.dataset.mode;
  active = head = cell;
  before = cell.value;
  setMode("ready");
  cell.select();
  paint();
  const radio = lineOf(cell).querySelector("[type=radio]");
  if (radio) radio.checked = true;
  if (orderLater) arrange(orderLater);
}

function go(cell) {
  if (!cell) return;
  if (document.activeElement === cell) arrive(cell); else cell.focus({ preventScroll: true });
  cell.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function leave(cell) {
  tabbed = null;
  commit(active);
  go(cell || active);
}

function enter(down) {
  const column = tabbed;
  commit(active);
  const next = near(active, down, 0);
  leave(next && column !== null && down > 0 ? fields(lineOf(next))[column] : next);
}

function tab(by) {
  commit(active);
  const cells = fields(lineOf(active)), from = cells.indexOf(active), lines = [top, ...body.rows], line = lines[lines.indexOf(lineOf(active)) + by];
  if (!cells[from + by] && by < 0 && line === top) return false;  // to the buttons, which stand between
  const next = cells[from + by] || (line && !line.hidden && (by > 0 ? fields(line)[0] : last(fields(line))));
  if (by > 0 && tabbed === null) tabbed = from;
  if (!next || (by > 0 && mode === "ready" && markOf(active).querySelector(".doubt"))) return false;  // out of the table, or to what is asked: no keyboard trap
  go(next);
  return true;
}

// Down from the last row: to last year's, where they are offered.
function under(key) {
  commit(active);
  const old = key === "ArrowDown" && lineOf(active) === last(body.rows) && sheet.querySelector("#old-rows tr:not([hidden]) button");
  if (old) old.focus();
  return old;
}

// Ctrl and an arrow: to the last filled cell, or over empty ones to the next filled.
function edge(down, right) {
  const lines = [...body.rows];
  let row = lines.indexOf(lineOf(active)), column = columnOf(active);
  const next = () => { const line = lines[row + down]; return line && !isBlank(line) && all(line, "td")[column + right]; };
  const jumps = next() && !(active.value && textOf(next()));
  if (row < 0) { leave(near(active, down, right)); return; }
  for (let place = next(); place && (jumps || textOf(place)); place = next()) {
    row += down;
    column += right;
    if (jumps && textOf(place)) break;
  }
  leave(fields(lines[row])[column]);
}

function cancel() {
  const typed = active.value, cell = active;
  forget(cell);
  set(cell, before);
  arrive(cell);
  if (typed === before) return;
  toast.replaceChildren(find("cancelled").content.cloneNode(true));
  toast.querySelector("button").addEventListener("click", () => { toast.textContent = ""; set(cell, typed); commit(cell); go(cell); });
  toast.dispatchEvent(new Event("said", { bubbles: true }));
}

// ---- the selected range

// The selected places, row by row; and their fields, to be changed.
function block() {
  if (!active) return [];
  const lines = [...body.rows], [from, to] = [lines.indexOf(lineOf(active)), lines.indexOf(lineOf(head))].sort((a, b) => a - b);
  if (active === head || from < 0) return [[active.parentElement]];
  const [left, right] = [columnOf(active), columnOf(head)].sort((a, b) => a - b);
  return lines.slice(from, to + 1).map((line) => all(line, "td").slice(left, right + 1));
}

function range() {
  const places = block();
  open(places.map(([place]) => place.parentElement));
  return places.map((row) => row.map((place) => place.firstElementChild));
}

function paint() {
  const places = block().flat();
  painted.forEach((place) => place.classList.remove("sel"));
  painted = places.length > 1 ? places : [];
  painted.forEach((place) => place.classList.add("sel"));
}

function extendTo(cell) {
  if (!cell || !body.contains(cell) || !body.contains(active)) return;
  commit(active);
  setMode("ready");
  head = cell;
  paint();
  cell.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function selectAll() {
  const rows = numbered();
  if (!rows.length) return;
  go(fields(rows[0])[0]);
  extendTo(last(fields(last(rows))));
}
