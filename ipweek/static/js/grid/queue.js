// The queue: first in, first out, one request at a time, sent by htmx; what the answers mean, and the state that is shown.

const queue = [];
let busy = null, attempts = 0, isLoggedOut = false, acknowledged = null, jump = null, timer = 0, leaving = "";

// The cells that an op writes, as ops of one cell each.
const cellsOf = (op) => (op.kind === "cell" ? [op] : [
  ...(op.edits || []).map(([row, key, value, base]) => ({ kind: "cell", row, key, value, base })),
  ...(op.kind === "block" ? op.rows : []).flatMap(([row, values]) => Object.keys(values).map((key) => ({ kind: "cell", row, key, value: values[key], base: "" }))),
]);
const isWaiting = (cell) => queue.some((op) => cellsOf(op).some((one) => one.key === keyOf(cell) && one.row === rowOf(cell)));

function put(op) {
  op.id = op.id || newId();
  queue.push(op);
  keep(op);
  number();
  show();
  pump();
}

function finish(op) {
  queue.splice(queue.indexOf(op), 1);
  drop(op);
}

function pump() {
  clearTimeout(timer);
  if (busy || isLoggedOut) return;
  if (queue.length) send(queue[0]);
  else if (leaving) { location.assign(leaving); leaving = ""; }
}

function send(op) {
  const isPoll = op.kind === "poll", cell = op.kind === "cell" && cellAt(op.row, op.key);
  const [path, values] = {
    cell: () => [`/activities/${op.row}/cells/${op.key}`, { value: op.value, base: op.base }],
    act: () => [`/activities/${op.row}/${op.act}`, op.after === undefined ? { down: op.down, also: (op.also || []).join(" ") } : { after: op.after }],
    row: () => [`/tables/${table}/rows`, { after: op.after }],
    step: () => [`/tables/${table}/${op.act}`, {}],
    block: () => [`/tables/${table}/paste`, { block: JSON.stringify({ via: op.via, edits: op.edits, rows: op.rows.map((row) => row[1]) }) }],
    poll: () => [`/tables/${table}/rows`, {}],
  }[op.kind]();
  busy = op;
  acknowledged = jump = null;
  values.rev = revision;
  if (!isPoll) values.op = op.id;
  // An error is told by the events below.
  htmx.ajax(isPoll ? "GET" : "POST", root + path, {
    source: carrier, target: cell ? markOf(cell) : incoming, swap: "innerHTML settle:0ms", values, headers: isPoll ? { "X-Poll": "1" } : {},
  }).catch(() => {});
}

const isTransient = (status) => !status || status === 429 || status >= 500;
const said = (xhr) => (xhr.getResponseHeader && xhr.getResponseHeader("HX-Trigger")) || "";
const isRenewal = (xhr) => xhr.status === 400 && !busy.isRenewed && said(xhr).includes("csrf-renew");

document.addEventListener("htmx:beforeSwap", (event) => {
  const it = event.detail, { xhr } = it;
  if (it.requestConfig.elt !== carrier || !busy) return;
  it.isError = false;
  it.shouldSwap = it.shouldSwap && !isTransient(xhr.status) && !isRenewal(xhr) && said(xhr) !== "clash"
    && (busy.kind !== "poll" || xhr.status === 200) && (busy.kind !== "cell" || xhr.status >= 300 || it.target !== incoming);
  it.serverResponse = it.serverResponse.replace(/ autofocus\b/g, "");  // the log-in box comes while somebody types: it may not take the keys
});
carrier.addEventListener("saved", (event) => { acknowledged = event.detail; });
carrier.addEventListener("jump", (event) => { jump = event.detail; });
carrier.addEventListener("htmx:afterRequest", (event) => answered(event.detail.xhr));
carrier.addEventListener("htmx:onLoadError", () => answered({ status: 0 }));

function answered(xhr) {
  const op = busy, { status } = xhr;
  if (!op) return;
  try {
    if (status === 401) isLoggedOut = true;
    else if (op.kind === "poll") {
      if (status === 200) merge(op);
    } else if (status < 300 && acknowledged) {
      attempts = 0;
      finish(op);
      notice.textContent = "";
      if (numbered().length) all(document, ".start,.grid-head .todo").forEach((one) => one.remove());  // it is no longer empty
      savedAt = `已保存 ${acknowledged.time}`;
      if (op.kind === "cell") showStored(op);
      if (op.kind !== "cell") merge(op); else if (acknowledged.revision === revision + 1) revision += 1;
      cellsOf(op).map((one) => cellAt(one.row, one.key)).filter((cell) => cell && !stuck.has(cell) && !isWaiting(cell)).forEach((cell) => { state(cell, "saved"); dress(cell); });
    } else if (isRenewal(xhr)) op.isRenewed = true;
    else if (isTransient(status) || status < 300) attempts += 1;
    else refuse(op, status);
  } finally {
    const asked = xhr.getResponseHeader && Number(xhr.getResponseHeader("Retry-After"));
    busy = null;
    show();
    timer = setTimeout(pump, attempts ? Math.max(asked * 1000 || 0, Math.min(15000, 500 * 2 ** attempts)) : 0);
  }
}

// The server took out what can't be seen: show what it holds.
function showStored(op) {
  const cell = cellAt(op.row, op.key), it = cell && markOf(cell).querySelector("[data-stored]");
  if (!it || cell.defaultValue !== op.value) return;
  if (cell.value === op.value) set(cell, it.dataset.stored);
  cell.defaultValue = it.dataset.stored;
}

// Not taken. Of many cells, each is sent alone now: the good ones are saved, and the others say why not.
function refuse(op, status) {
  attempts = 0;
  if (op.kind === "cell") { refuseCell(op, status); return; }
  finish(op);
  if (op.kind === "block") {
    const parts = [...op.rows.map(([temp]) => ({ kind: "row", temp, after: "" })), ...cellsOf(op)];
    parts.forEach((part) => { part.id = newId(); keep(part); });
    queue.unshift(...parts);
  } else {
    if (op.kind === "row") queue.filter((other) => other.row === op.temp).forEach((other) => refuseCell(other, status));
    all(body, ".going").forEach((line) => line.classList.remove("going"));
    setTimeout(refresh, 0);
  }
}

// The text stays on the screen and in the drafts; what waits for the same cell goes with it.
function refuseCell(op, status) {
  const cell = cellAt(op.row, op.key), same = queue.filter((other) => other.kind === "cell" && other.row === op.row && other.key === op.key), newest = last(same);
  same.forEach(finish);
  keep({ ...newest, base: op.base });
  if (!cell) return;
  const clash = status === 409 && markOf(cell).querySelector(".clash");
  if (!clash) cell.defaultValue = op.base;
  stuck.set(cell, { id: newest.id, text: newest.value, theirs: clash ? clash.dataset.theirs : undefined });
  state(cell, clash ? "clash" : "unsaved");
  if (!clash && status !== 422) unsaved(cell);
  dress(cell);
  if (newest !== op && !clash) retry(cell);
}

function unsaved(cell) {
  state(cell, "unsaved");
  markOf(cell).replaceChildren(find("unsaved").content.cloneNode(true));
}

function choose(cell, mine) {
  if (!isClash(cell)) return false;
  const { theirs } = stuck.get(cell);
  markOf(cell).textContent = "";
  if (mine) sendCell(cell); else {
    unstick(cell);
    cell.defaultValue = theirs;
    set(cell, theirs);
    state(cell, "");
    refresh();
  }
  dress(cell);
  show();
  go(cell);
  return true;
}

// To a doubtful reading: a choice goes into the cell; without one the text is meant as it stands.
function settle(cell, choice) {
  if (choice) {
    set(cell, choice);
    commit(cell);
  } else htmx.ajax("POST", `${root}/activities/${rowOf(cell)}/cells/${keyOf(cell)}/accept`, { source: toast, target: markOf(cell), swap: "innerHTML", values: { value: cell.value } });
  go(cell);
}

function retry(cell) {
  if (cell && stuck.has(cell) && !isClash(cell)) sendCell(cell);
  attempts = 0;
  pump();
}

function show() {
  const held = [...stuck.keys()].filter((cell) => cell.isConnected), clash = held.find(isClash);
  const [words, kind, press] = isLoggedOut ? ["登录已过期，点此登录", "unsaved", () => document.querySelector("[data-focus]").focus()]
    : queue.length && attempts ? [`未保存（${queue.length} 处），点此重试`, "unsaved", () => retry()]
    : queue.length ? ["保存中…", "saving"]
    : clash ? ["有一格与他人同时修改，点此选择", "unsaved", () => go(clash)]
    : held.length ? [`未保存（${held.length} 处），点此查看`, "unsaved", () => go(held[0])] : [savedAt, "saved"];
  if (attempts) queue.flatMap(cellsOf).map((one) => cellAt(one.row, one.key)).filter((cell) => cell && cell.parentElement.dataset.state === "saving").forEach(unsaved);
  if (report.textContent === words) return;
  report.className = `save-state ${kind}`;
  report.replaceChildren(press ? button(words, press) : words);
}

function button(words, press) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = words;
  made.addEventListener("click", press);
  return made;
}
