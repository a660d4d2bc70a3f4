// Rows and cells: which there are, their names, their height and their look.

// A row of a large table is text until somebody goes there. Many are opened at once: each would lay the page out anew.
const isShut = (line) => line.classList.contains("shut");
function open(lines) {
  const cells = lines.filter(isShut).flatMap((line) => {
    const fresh = all(pattern.cloneNode(true), "td");
    all(line, "td").forEach((td, n) => {
      const cell = fresh[n].firstElementChild, mark = td.querySelector(".m");
      cell.value = cell.defaultValue = textOf(td);
      if (mark) markOf(cell).replaceWith(mark);
      td.replaceChildren(...fresh[n].childNodes);
    });
    line.className = "line";
    rename(line, line.dataset.row);
    return all(line, "textarea");
  });
  if (cells.length) grow(cells);
}

function fields(line) {
  open([line]);
  return all(line, "textarea");
}

// What a place of the table shows, in a row that is text as well.
const textOf = ({ firstElementChild: it }) => (it.value === undefined ? it.textContent : it.value);

function near(cell, down, right) {
  const lines = [top, ...body.rows], line = lines[lines.indexOf(lineOf(cell)) + down];
  if (!line) return null;
  const there = fields(line);
  return there[Math.min(columnOf(cell), there.length - 1) + right] || null;
}

function rename(line, row) {
  line.id = `row-${row}`;
  line.dataset.row = row;
  line.querySelector("th").id = `n${row}`;
  all(line, "textarea").forEach((cell) => {
    const key = keyOf(cell);
    cell.name = `${row}.${key}`;
    cell.setAttribute("aria-labelledby", `k-${key} n${row}`);
  });
}

// The empty row becomes one with a name of its own, until the server gives it a number; another stands under it.
function fillBlank(line, row = `t${newId()}`) {
  line.classList.remove("blank");
  rename(line, row);
  if (line === last(body.rows)) body.append(pattern.cloneNode(true));
  return row;
}

function number() {
  [...body.rows].forEach((line, n) => {
    const place = line.querySelector("th span");
    const words = isBlank(line) ? "新行" : String(n + 1);
    if (place && place.textContent !== words) place.textContent = words;
  });
}

// As high as the text. All are measured before any is set, so that the page is laid out once.
function grow(cells) {
  cells.forEach((cell) => { cell.style.height = "0"; });
  cells.map((cell) => cell.scrollHeight).forEach((height, n) => { cells[n].style.height = `${height}px`; });
}

function set(cell, value) {
  cell.value = value;
  grow([cell]);
}

// After something was put under a cell: its colour, and what a screen reader says of it.
function dress(cell) {
  const mark = markOf(cell), worst = KINDS.find((kind) => mark.querySelector(`.find.${kind}`));
  KINDS.forEach((kind) => cell.parentElement.classList.toggle(kind, kind === worst));
  mark.id = `m-${cell.name}`;
  cell.setAttribute("aria-describedby", mark.id);
  cell.setAttribute("aria-invalid", worst === "A");
}

function flash(cells) {
  cells.forEach((cell) => cell.parentElement.classList.remove("flash"));
  void body.offsetWidth;
  cells.forEach((cell) => cell.parentElement.classList.add("flash"));
}
