// What the server says of other rows: taken up by cells at rest, never by the one that is edited.

function refresh() {
  if (!busy && !queue.length && !isLoggedOut) send({ kind: "poll" });
}

const isEditing = () => active && mode !== "ready" && document.activeElement === active;
const isIdle = (cell) => !stuck.has(cell) && cell.value === cell.defaultValue && !isWaiting(cell) && !(cell === active && isEditing());

function merge(op) {
  const info = incoming.querySelector("tr[data-revision]");
  if (info && Number(info.dataset.revision) >= revision) {
    const made = info.dataset.made.split(" "), order = info.dataset.order.split(" ");
    revision = Number(info.dataset.revision);
    savedAt = `已保存 ${info.dataset.at}`;
    if (op.kind === "row") adopt(op.temp, made[0]);
    if (op.kind === "block") op.rows.forEach((row, n) => { adopt(row[0], made[n]); row[0] = made[n]; });
    const rows = new Map([...body.rows].map((line) => [line.dataset.row, line])), come = all(incoming, "tr[data-row]");
    open(come.map((fresh) => rows.get(fresh.dataset.row)).filter(Boolean));
    const changed = [...all(info, "textarea"), ...come.flatMap((fresh) => {
      const here = rows.get(fresh.dataset.row);
      if (here) here.querySelector("th").replaceChildren(...fresh.querySelector("th").childNodes);
      else body.insertBefore(fresh, last(body.rows));
      return all(fresh, "textarea");
    })].map(take).filter(Boolean);
    grow(changed);
    flash(changed);
    if (isEditing()) orderLater = order; else arrange(order);
    if (op.act === "duplicate") go(cellAt(made[0], keyOf(active)));
  }
  if (jump) {
    const line = body.querySelector(`[data-row="${jump.row}"]`), cell = reach(jump.cell) || (line && fields(line)[0]);
    if (cell) { go(cell); flash([cell]); }
  }
  incoming.textContent = "";
}

// The cell, if it shows something else now, or is new.
function take(fresh) {
  const cell = named(fresh.name), value = fresh.defaultValue;
  if (cell === fresh) return cell;
  if (!cell || !isIdle(cell)) return null;
  const isNews = cell.value !== value;
  cell.value = cell.defaultValue = value;
  state(cell, "");
  markOf(cell).replaceChildren(...markOf(fresh).childNodes);
  dress(cell);
  if (cell === document.activeElement) { before = value; cell.select(); }
  return isNews && cell;
}

// A row made here has its number now; so do the ops that wait for it.
function adopt(temp, row) {
  const line = body.querySelector(`[data-row="${temp}"]`);
  if (!row) return;
  queue.forEach((op) => {
    if (op.row === temp) op.row = row;
    if (op.after === temp) op.after = row;
    if (op.also) op.also = op.also.map((one) => (one === temp ? row : one));
    (op.edits || []).forEach((one) => { if (one[0] === temp) one[0] = row; });
    keep(op);
  });
  if (line) rename(line, row);
}

// The rows in the server's order, without moving the one that has the focus; those that are gone leave, if idle.
function arrange(order) {
  const blank = last(body.rows), ranks = new Map(order.map((row, n) => [row, n])), rank = (line) => (ranks.has(line.dataset.row) ? ranks.get(line.dataset.row) : -1);
  orderLater = null;
  numbered().filter((line) => rank(line) < 0 && !line.dataset.row.startsWith("t")).forEach((line) => {
    if (!all(line, "textarea").every(isIdle)) { line.classList.add("gone"); return; }
    if (line.contains(document.activeElement)) go(near(active, 1, 0) || near(active, -1, 0));
    line.remove();
  });
  const lines = numbered(), wanted = lines.filter((line) => rank(line) >= 0).sort((a, b) => rank(a) - rank(b));
  lines.filter((line) => rank(line) < 0).forEach((line) => wanted.splice(wanted.indexOf(line.previousElementSibling) + 1, 0, line));
  if (wanted.some((line, n) => line !== lines[n])) {
    const still = Math.max(0, wanted.findIndex((line) => line.contains(document.activeElement)));
    wanted.forEach((line, n) => { if (n !== still) body.insertBefore(line, n < still ? wanted[still] : blank); });
  }
  number();
  paint();
}
