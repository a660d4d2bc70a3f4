// Committing: what stands in a cell is meant, and goes into the queue as an op; filling and clearing of many.

const baseOf = (cell) => (isClash(cell) ? stuck.get(cell).theirs : cell.defaultValue);

// What stands in the cell is meant. Nothing goes out twice; while two values clash, the person chooses first.
function commit(cell) {
  if (!cell) return;
  forget(cell);
  const held = stuck.get(cell);
  if (isClash(cell)) held.text = cell.value;
  else if (held ? held.text !== cell.value : cell.value !== cell.defaultValue) sendCell(cell);
}

function sendCell(cell) {
  const base = baseOf(cell), row = isBlank(lineOf(cell)) ? fillBlank(lineOf(cell)) : rowOf(cell);
  unstick(cell);
  if (row.startsWith("t") && !queue.some((op) => op.temp === row || (op.rows || []).some(([temp]) => temp === row))) put({ kind: "row", temp: row, after: "" });
  if (cell.value !== base) put({ kind: "cell", row: rowOf(cell), key: keyOf(cell), value: cell.value, base });
  cell.defaultValue = before = cell.value;
  grow([cell]);
  state(cell, cell.value === base ? "" : "saving");
  show();
}

function unstick(cell) {
  if (stuck.has(cell)) drop(stuck.get(cell));
  stuck.delete(cell);
}

// Many cells in one op: [cell, value] each. Rows that are not there yet are made by it.
function apply(list, via) {
  const edits = [], rows = new Map();
  list.forEach(([cell, value]) => {
    if (cell.readOnly) return;
    if (isBlank(lineOf(cell))) rows.set(fillBlank(lineOf(cell)), {});
    const row = rowOf(cell), key = keyOf(cell), base = baseOf(cell);
    if (rows.has(row)) rows.get(row)[key] = value;
    else if (value !== base) edits.push([row, key, value, base]);
    else return;
    unstick(cell);
    cell.value = cell.defaultValue = value;
    state(cell, "saving");
  });
  grow(list.map(([cell]) => cell));
  if (edits.length || rows.size) put({ kind: "block", via, edits, rows: [...rows] });
  if (!active) return;
  before = active.value;
  active.select();
}

const fill = (block, value, via = "filled") => apply(block.flatMap((row, n) => row.map((cell, m) => [cell, value(n, m)])), via);

function clear() {
  const cells = range().flat().filter((cell) => cell.value && !cell.readOnly);
  if (cells.length > 1) return apply(cells.map((cell) => [cell, ""]), "filled");
  if (cells.length) { set(cells[0], ""); commit(cells[0]); }
  return true;
}

function fillFrom(down, right) {
  const block = range(), rest = down ? block.slice(1) : block.map((row) => row.slice(1));
  if (rest.flat().length) return fill(rest, (n, m) => (down ? block[0][m] : block[n][0]).value);
  const source = near(active, -down, -right);
  return source && body.contains(source) && fill(block, () => source.value);
}

function today() {
  const now = new Date(), words = `${now.getMonth() + 1}月${now.getDate()}日`;
  active.setRangeText(words, active.selectionStart, active.selectionEnd, "end");
  if (mode === "ready") setMode("quick");
  grow([active]);
  remember(active);
}
