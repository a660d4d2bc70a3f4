// What buttons and keys do to rows, and copy and paste.

// The row of the active cell, committed; none for the empty row and the header.
function here() {
  commit(active);
  const line = active && lineOf(active);
  return line && body.contains(line) && !isBlank(line) ? line : null;
}

function act(name, down = "") {
  const line = here();
  if (line) put({ kind: "act", act: name, row: line.dataset.row, down });
  return line;
}

const actions = {
  add() {
    const line = here();
    if (pattern.querySelector("[readonly]")) return;
    if (!line) { go(fields(last(body.rows))[0]); return; }
    const fresh = pattern.cloneNode(true);
    fresh.classList.remove("blank");
    rename(fresh, `t${newId()}`);
    line.after(fresh);
    put({ kind: "row", temp: fresh.dataset.row, after: line.dataset.row });
    go(fields(fresh)[0]);
  },
  duplicate: () => act("duplicate"),
  delete() {
    if (!here()) return;
    const lines = block().map(([place]) => place.parentElement).filter((line) => !isBlank(line)), column = columnOf(active);
    const [row, ...also] = lines.map((line) => line.dataset.row);
    lines.forEach((line) => line.classList.add("going"));
    put({ kind: "act", act: "delete", row, also });
    go(fields(last(lines).nextElementSibling)[column]);
  },
  up: () => act("move"),
  down: () => act("move", "1"),
  undo() { commit(active); put({ kind: "step", act: "undo" }); },
  redo() { commit(active); put({ kind: "step", act: "redo" }); },
  fillDown() { fillFrom(1, 0); },
  fillRight() { fillFrom(0, 1); },
  selectAll,
  today: () => active && today(),
  clear: () => active && clear(),
  save() { commit(active); retry(); if (isEditing()) arrive(active); },
  keys: () => sheet.querySelector("[data-keys]").click(),
  history() {
    if (active && Number(rowOf(active))) htmx.ajax("GET", `${root}/activities/${rowOf(active)}/cells/${keyOf(active)}/history`, { source: find("panel"), target: find("panel-body"), swap: "innerHTML" });
  },
};

// ---- paste and copy

function paste(data) {
  const texts = window.ipweekClipboard.read(data);
  if (texts.length === 1 && texts[0].length === 1) return fill(range(), () => texts[0][0], "pasted");
  if (!body.contains(active)) return fill([[active]], () => texts.flat().join(" ").trim(), "pasted");
  const { columns, notes, rows } = window.ipweekClipboard.place(texts, titles, columnOf(active)), from = [...body.rows].indexOf(lineOf(active));
  if (rows.length > MOST_ROWS_AT_ONCE) return askWhether(`一次最多粘贴 ${MOST_ROWS_AT_ONCE} 行，复制的有 ${rows.length} 行。请分几次粘贴，或上传附件表格`);
  const each = (what) => rows.forEach((row, n) => row.forEach((text, m) => { if (columns[m] >= 0) what(n, columns[m], text); }));
  const old = numbered().slice(from), width = columns.filter((column) => column >= 0).length;
  let over = 0;
  each((n, column, text) => { const now = old[n] ? textOf(all(old[n], "td")[column]) : ""; if (now && now !== text) over += 1; });
  const doIt = () => {
    const list = [], made = rows.length - old.length;
    for (let n = 1; n < made; n += 1) last(body.rows).after(pattern.cloneNode(true));  // blank rows, which apply fills
    open([...body.rows].slice(from, from + rows.length));
    each((n, column, text) => list.push([fields(body.rows[from + n])[column], text]));
    apply(list, "pasted");
    go(list[0][0]);
    extendTo(last(list)[0]);
  };
  const long = rows.flat().filter((text) => [...text].length > 4000).length;
  if (long) notes.push(`${long} 格超过 4000 字，存不下`);
  if (!over && !notes.length) return doIt();
  return askWhether([`粘贴 ${rows.length} 行 × ${width} 列：新增 ${Math.max(0, rows.length - old.length)} 行，覆盖 ${over} 格`, ...notes].join("；"), doIt);
}

function askWhether(words, then) {
  question = then || (() => {});
  ask.replaceChildren(words, ...(then ? [button("粘贴", () => decide(true))] : []), button(then ? "取消" : "知道了", () => decide(false)));
}

function decide(yes) {
  const then = question;
  question = null;
  ask.textContent = "";
  if (yes) then(); else go(active);
}

const copy = (event) => window.ipweekClipboard.write(event.clipboardData, block().map((row) => row.map(textOf)));
const clip = (what) => (event) => {
  if (event.target !== active || mode !== "ready") return;
  event.preventDefault();
  what(event);
};
sheet.addEventListener("copy", clip(copy));
sheet.addEventListener("cut", clip((event) => { copy(event); clear(); }));
sheet.addEventListener("paste", clip((event) => paste(event.clipboardData)));
