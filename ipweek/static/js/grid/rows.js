// Rows and cells: which there are, their names, their height and their look.

// The fields of a line. A row of a large table is text until somebody goes there.
function fields(line) {
  if (line.classList.contains("shut")) {
    const fresh = all(pattern.cloneNode(true), "td");
    all(line, "td").forEach((td, n) => {
      const cell = fresh[n].firstElementChild, mark = td.querySelector(".m");
      cell.value = cell.defaultValue = td.firstElementChild.textContent;
      if (mark) markOf(cell).replaceWith(mark);
      td.replaceChildren(...fresh[n].childNodes);
    });
    line.className = "line";
    rename(line, line.dataset.row);
    grow(all(line, "textarea"));
  }
  return all(line, "textarea");
}

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
    if (place) place.textContent = isBlank(line) ? "新行" : n + 1;
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

function flash(cell) {
  const place = cell.parentElement;
  place.classList.remove("flash");
  void place.offsetWidth;
  place.classList.add("flash");
}
