// The annex table: focus, keys, selection and the queue of saves. The server renders, htmx sends and swaps.
//
// A cell's defaultValue is what the server holds, or will once the queue is empty; its value is what the screen shows.
// What is committed goes through one queue, first in, first out, one request at a time, each with an id (sent twice, it
// is done once) and the value seen before. Answers touch what stands under a cell and cells at rest, never the focus.
(function () {
  "use strict";
  const sheet = document.querySelector("form.sheet");
  if (!sheet || !window.htmx) return;
  const find = (id) => document.getElementById(id), all = (within, selector) => [...within.querySelectorAll(selector)], last = (list) => list[list.length - 1];
  const body = sheet.querySelector("tbody.rows"), top = sheet.querySelector(".fields.line");
  const carrier = find("carrier"), incoming = find("incoming"), report = find("save-state"), ask = find("ask"), notice = find("notice"), toast = find("toast");
  const table = sheet.dataset.table, root = sheet.getAttribute("action").replace(/\/tables\/\d+$/, ""), shelf = `ipweek:${document.body.dataset.user}:${table}`;
  const pattern = find("row-new").cloneNode(true), titles = all(sheet, "thead th[data-key]").map((th) => th.firstChild.textContent);
  const POLL_MS = 10000, MOST_ROWS_AT_ONCE = 500, KINDS = ["A", "B", "C", "D"];
  document.documentElement.classList.add("live");

  let active = null, head = null;  // the cell with the focus (or that had it last), and the other corner of the range
  let mode = "ready";              // ready; quick: typing replaced the text; full: the caret moves in it
  let before = "";                 // what Esc brings back
  let tabbed = null;               // the column where a run of Tabs began
  let painted = [], question = null, revision = Number(sheet.dataset.revision), orderLater = null, savedAt = report.textContent.trim();
  const stuck = new Map();         // cells that were not taken: {id, text, theirs}; with theirs, somebody changed them too

  const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const isField = (it) => it instanceof HTMLTextAreaElement && sheet.contains(it);
  const lineOf = (cell) => cell.closest(".line"), rowOf = (cell) => lineOf(cell).dataset.row, markOf = (cell) => cell.nextElementSibling;
  const keyOf = (cell) => cell.name.slice(cell.name.indexOf(".") + 1), columnOf = (cell) => fields(lineOf(cell)).indexOf(cell);
  const named = (name) => { const cell = sheet.elements.namedItem(name); return isField(cell) ? cell : null; };
  const cellAt = (row, key) => named(`${row}.${key}`);
  const isBlank = (line) => line.classList.contains("blank"), isClash = (cell) => stuck.has(cell) && stuck.get(cell).theirs !== undefined;
  const state = (cell, name) => { cell.parentElement.dataset.state = name; };
  const numbered = () => [...body.rows].filter((line) => !isBlank(line));

  // ---- rows and cells

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

  // ---- focus and modes

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
    const next = cells[from + by] || (line && (by > 0 ? fields(line)[0] : last(fields(line))));
    if (!next) return false;  // out of the table: no keyboard trap
    if (by > 0 && tabbed === null) tabbed = from;
    go(next);
    return true;
  }

  // Ctrl and an arrow: to the last filled cell, or over empty ones to the next filled.
  function edge(down, right) {
    let here = active, next = near(here, down, right);
    const jumps = next && !(here.value && next.value);
    while (next && body.contains(next) && !isBlank(lineOf(next)) && (jumps || next.value)) {
      here = next;
      if (jumps && here.value) break;
      next = near(here, down, right);
    }
    leave(here);
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

  function range() {
    if (!active) return [];
    const lines = [...body.rows], [from, to] = [lines.indexOf(lineOf(active)), lines.indexOf(lineOf(head))].sort((a, b) => a - b);
    if (active === head || from < 0) return [[active]];
    const [left, right] = [columnOf(active), columnOf(head)].sort((a, b) => a - b);
    return lines.slice(from, to + 1).map((line) => fields(line).slice(left, right + 1));
  }

  function paint() {
    const block = range().flat();
    painted.forEach((cell) => cell.parentElement.classList.remove("sel"));
    painted = block.length > 1 ? block : [];
    painted.forEach((cell) => cell.parentElement.classList.add("sel"));
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

  // ---- committing

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
    before = active.value;
    active.select();
  }

  const fill = (block, value, via = "filled") => apply(block.flatMap((row, n) => row.map((cell, m) => [cell, value(n, m)])), via);

  function clear() {
    const cells = range().flat().filter((cell) => cell.value);
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
  }

  // ---- drafts: what is not saved yet stands in localStorage too

  function drafts(change) {
    try {
      const kept = JSON.parse(localStorage.getItem(shelf) || "{}");
      change(kept);
      if (Object.keys(kept).length) localStorage.setItem(shelf, JSON.stringify(kept)); else localStorage.removeItem(shelf);
      return Object.values(kept);
    } catch (error) { return []; }  // storage is off or full: the page still holds everything
  }
  const keep = (op) => drafts((kept) => { kept[op.id] = op; }), drop = (op) => drafts((kept) => { delete kept[op.id]; });

  let typing = 0;
  function remember(cell) {
    clearTimeout(typing);
    typing = setTimeout(() => { if (cell.value !== cell.defaultValue) keep({ id: `typing:${cell.name}`, kind: "cell", row: rowOf(cell), key: keyOf(cell), value: cell.value, base: baseOf(cell) }); }, 300);
  }
  function forget(cell) {
    clearTimeout(typing);
    drop({ id: `typing:${cell.name}` });
  }

  function offer() {
    const left = drafts(() => {}), box = find("drafts"), texts = left.flatMap((op) => (op.kind === "cell" ? [op.value] : cellsOf(op).map((one) => one.value))).filter(Boolean);
    if (!texts.length) { left.forEach(drop); return; }
    box.querySelector("b").textContent = texts.length;
    box.querySelector("span").textContent = texts.slice(0, 3).map((text) => `“${text.slice(0, 20)}”`).join("、");
    box.hidden = false;
    box.addEventListener("click", (event) => {
      const press = event.target.dataset.drafts;
      if (!press) return;
      box.hidden = true;
      left.forEach(drop);
      if (press === "restore") left.forEach(restore);
    });
  }

  // A draft back on the screen and in the queue, with the id and the base it had.
  function restore(op) {
    (op.kind === "row" ? [[op.temp]] : op.rows || []).forEach(([temp]) => fillBlank(last(body.rows), temp));
    cellsOf(op).forEach((one) => {
      const cell = cellAt(one.row, one.key);
      if (!cell) return;
      set(cell, one.value);
      if (one.row === "new") { commit(cell); return; }
      cell.defaultValue = one.value;
      state(cell, "saving");
    });
    if (op.row !== "new") put({ ...op, id: op.id.startsWith("typing") ? newId() : op.id });
  }

  // ---- the queue

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
      act: () => [`/activities/${op.row}/${op.act}`, { down: op.down }],
      row: () => [`/tables/${table}/rows`, { after: op.after }],
      step: () => [`/tables/${table}/${op.act}`, {}],
      block: () => [`/tables/${table}/paste`, { block: JSON.stringify({ via: op.via, edits: op.edits, rows: op.rows.map((row) => row[1]) }) }],
      poll: () => [`/tables/${table}/rows`, {}],
    }[op.kind]();
    busy = op;
    acknowledged = jump = null;
    values.rev = revision;
    if (!isPoll) values.op = op.id;
    htmx.ajax(isPoll ? "GET" : "POST", root + path, {
      source: carrier, target: cell ? markOf(cell) : incoming, swap: "innerHTML settle:0ms", values, headers: isPoll ? { "X-Poll": "1" } : {},
    }).catch(() => { /* the events below say what happened */ });
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
      if (op.kind === "poll") {
        if (status === 200) merge(op);
      } else if (status < 300 && acknowledged) {
        attempts = 0;
        finish(op);
        notice.textContent = "";
        savedAt = `已保存 ${acknowledged.time}`;
        if (op.kind === "cell") showStored(op);
        if (op.kind !== "cell") merge(op); else if (acknowledged.revision === revision + 1) revision += 1;
        cellsOf(op).map((one) => cellAt(one.row, one.key)).filter((cell) => cell && !stuck.has(cell) && !isWaiting(cell)).forEach((cell) => { state(cell, "saved"); dress(cell); });
      } else if (status === 401) isLoggedOut = true;
      else if (isRenewal(xhr)) op.isRenewed = true;
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
    const [words, kind, press] = isLoggedOut ? ["登录已过期，请在上方登录后继续", "unsaved"]
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

  // ---- what the server says of other rows

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
      all(info, "textarea").forEach(take);
      all(incoming, "tr[data-row]").forEach((fresh) => {
        const here = body.querySelector(`[data-row="${fresh.dataset.row}"]`);
        if (!here) { body.insertBefore(fresh, last(body.rows)); grow(fields(fresh)); return; }
        fields(here);
        here.querySelector("th").replaceChildren(...fresh.querySelector("th").childNodes);
        all(fresh, "textarea").forEach(take);
      });
      if (isEditing()) orderLater = order; else arrange(order);
      if (op.act === "duplicate") go(cellAt(made[0], keyOf(active)));
    }
    if (jump) {
      const line = body.querySelector(`[data-row="${jump.row}"]`), cell = named(jump.cell) || (line && fields(line)[0]);
      if (cell) { go(cell); flash(cell); }
    }
    incoming.textContent = "";
  }

  function take(fresh) {
    const cell = named(fresh.name), value = fresh.defaultValue;
    if (!cell || !isIdle(cell)) return;
    if (cell.value !== value) { set(cell, value); flash(cell); }
    cell.defaultValue = value;
    state(cell, "");
    markOf(cell).replaceChildren(...markOf(fresh).childNodes);
    dress(cell);
    if (cell === document.activeElement) { before = value; cell.select(); }
  }

  // A row made here has its number now; so do the ops that wait for it.
  function adopt(temp, row) {
    const line = body.querySelector(`[data-row="${temp}"]`);
    if (!row) return;
    queue.forEach((op) => {
      if (op.row === temp) op.row = row;
      if (op.after === temp) op.after = row;
      (op.edits || []).forEach((one) => { if (one[0] === temp) one[0] = row; });
      keep(op);
    });
    if (line) rename(line, row);
  }

  // The rows in the server's order, without moving the one that has the focus; those that are gone leave, if idle.
  function arrange(order) {
    const blank = last(body.rows), rank = (line) => order.indexOf(line.dataset.row);
    orderLater = null;
    numbered().filter((line) => rank(line) < 0 && !line.dataset.row.startsWith("t")).forEach((line) => {
      if (!fields(line).every(isIdle)) { line.classList.add("gone"); return; }
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

  // ---- actions

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
      const line = act("delete");
      if (!line) return;
      line.classList.add("going");
      go(near(active, 1, 0) || near(active, -1, 0));
    },
    up: () => act("move"),
    down: () => act("move", "1"),
    undo() { commit(active); put({ kind: "step", act: "undo" }); },
    redo() { commit(active); put({ kind: "step", act: "redo" }); },
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
    each((n, column, text) => { const now = old[n] ? fields(old[n])[column].value : ""; if (now && now !== text) over += 1; });
    const doIt = () => {
      const list = [], made = rows.length - old.length;
      for (let n = 1; n < made; n += 1) last(body.rows).after(pattern.cloneNode(true));  // blank rows, which apply fills
      each((n, column, text) => list.push([fields(body.rows[from + n])[column], text]));
      apply(list, "pasted");
      go(list[0][0]);
      extendTo(last(list)[0]);
    };
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

  const copy = (event) => window.ipweekClipboard.write(event.clipboardData, range().map((row) => row.map((cell) => cell.value)));
  const clip = (what) => (event) => {
    if (event.target !== active || mode !== "ready") return;
    event.preventDefault();
    what(event);
  };
  sheet.addEventListener("copy", clip(copy));
  sheet.addEventListener("cut", clip((event) => { copy(event); clear(); }));
  sheet.addEventListener("paste", clip((event) => paste(event.clipboardData)));

  // ---- keys

  const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  const both = {
    "Enter": () => enter(1), "Shift+Enter": () => enter(-1), "Tab": () => tab(1), "Shift+Tab": () => tab(-1),
    "Ctrl+s": actions.save, "Ctrl+;": today, "Alt+h": actions.history,
    "Alt+Insert": actions.add, "Alt+Delete": actions.delete, "Alt+Shift+ArrowDown": actions.duplicate, "Alt+ArrowUp": actions.up, "Alt+ArrowDown": actions.down,
  };
  const ready = {
    "F2"() { setMode("full"); head = active; paint(); active.setSelectionRange(active.value.length, active.value.length); },
    "Escape"() { if (question) decide(false); else { head = active; paint(); } },
    "Delete": clear, "Backspace": clear,
    "Home": () => leave(fields(lineOf(active))[0]), "End": () => leave(last(fields(lineOf(active)))),
    "Ctrl+Home": () => leave(fields(body.rows[0])[0]), "Ctrl+End": () => leave(last(fields(last(numbered()) || body.rows[0]))),
    "Ctrl+a": selectAll, "Ctrl+d": () => { fillFrom(1, 0); }, "Ctrl+r": () => { fillFrom(0, 1); }, "Ctrl+Enter": () => fill(range(), () => active.value),
    "Ctrl+z": actions.undo, "Ctrl+y": actions.redo, "Ctrl+Shift+z": actions.redo,
    "1": () => choose(active, true), "2": () => choose(active, false),
  };
  const editing = {
    "F2": () => setMode(mode === "quick" ? "full" : "quick"),
    "Escape": cancel,
    "Alt+Enter"() { active.setRangeText("\n", active.selectionStart, active.selectionEnd, "end"); grow([active]); remember(active); },
    "Ctrl+Enter"() { const { value } = active; if (painted.length) fill(range(), () => value); else commit(active); arrive(active); },
  };
  const ONCE = /Enter|Insert|Alt\+|Ctrl\+[dr]/;  // held down, these act once

  sheet.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || !isField(event.target)) return;
    const key = event.code === "Semicolon" && event.ctrlKey ? ";" : event.key.length === 1 ? event.key.toLowerCase() : event.key, arrow = ARROWS[key];
    const chord = (event.ctrlKey || event.metaKey ? "Ctrl+" : "") + (event.altKey ? "Alt+" : "") + (event.shiftKey ? "Shift+" : "") + key;
    let action = (mode === "ready" ? ready : editing)[chord] || both[chord];
    if (question && chord === "Enter") action = () => decide(true);
    if (arrow && mode !== "full" && chord === key) action = () => leave(near(active, ...arrow));
    if (arrow && mode === "ready" && chord === `Shift+${key}`) action = () => extendTo(near(head, ...arrow));
    if (arrow && mode === "ready" && chord === `Ctrl+${key}`) action = () => edge(...arrow);
    if (action && ((event.repeat && ONCE.test(chord)) || action() !== false)) event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "?" && !/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) actions.keys();
    if ((event.ctrlKey || event.metaKey) && event.key === "s" && !event.defaultPrevented) { event.preventDefault(); actions.save(); }
  });

  // ---- the mouse, and what the browser tells

  let isDragging = false;
  sheet.addEventListener("mousedown", (event) => {
    const place = event.target.closest("td,.cell"), line = place && place.closest(".line,.shut");
    if (event.target.closest(".bar")) event.preventDefault();  // the cell keeps the focus
    if (!line || event.button || event.target.closest("button,a,label")) return;
    fields(line);
    const cell = place.querySelector("textarea");
    if (cell === active && isEditing()) { setMode("full"); return; }
    event.preventDefault();
    if (event.shiftKey && active) extendTo(cell);
    else if (event.detail === 2 && cell === active) ready.F2();
    else { leave(cell); isDragging = true; }
  });
  sheet.addEventListener("mouseover", (event) => {
    const cell = isDragging && event.target.closest("td") && event.target.closest("td").querySelector("textarea");
    if (cell && cell !== head) extendTo(cell);
  });
  document.addEventListener("mouseup", () => { isDragging = false; });

  sheet.addEventListener("focusin", (event) => { if (isField(event.target) && !(event.target === active && isEditing())) arrive(event.target); });
  sheet.addEventListener("focusout", (event) => {
    if (!isField(event.target) || document.activeElement === event.target) return;  // only the window lost it
    commit(event.target);
    if (event.target === active) { setMode("ready"); delete active.dataset.mode; }
  });
  sheet.addEventListener("compositionstart", () => { if (mode === "ready") setMode("quick"); });
  sheet.addEventListener("compositionend", (event) => {  // no input event follows it in Chromium
    grow([event.target]);
    if (document.activeElement === event.target) remember(event.target); else commit(event.target);
  });
  sheet.addEventListener("input", (event) => {
    if (!isField(event.target)) return;
    if (mode === "ready") setMode("quick");
    if (question) { question = null; ask.textContent = ""; }
    grow([event.target]);
    if (!event.isComposing) remember(event.target);
  });
  sheet.addEventListener("submit", (event) => event.preventDefault());

  document.addEventListener("click", (event) => {
    const press = event.target.closest("[name=do],[data-do],[data-retry],[data-pick]"), link = event.target.closest("a[href]");
    if (press) {
      const place = press.closest("td,.cell"), cell = place && place.querySelector("textarea");
      event.preventDefault();
      toast.textContent = "";
      if (press.dataset.pick) choose(cell, press.dataset.pick === "1");
      else if (press.dataset.choice !== undefined) settle(cell, press.dataset.choice);
      else if (cell) retry(cell);
      else actions[press.dataset.do || press.value]();
    } else if (link && link.closest(".shut")) {
      event.preventDefault();
      go(fields(link.closest("tr"))[0]);
    } else if (link && !link.hasAttribute("hx-get") && !event.ctrlKey) {
      commit(active);
      if (queue.length && !attempts) { event.preventDefault(); leaving = link.href; }
    }
  });
  document.addEventListener("submit", (event) => {  // 改回, in the history of a cell
    const cell = event.target.dataset.restore && named(event.target.dataset.restore);
    if (!cell) return;
    event.preventDefault();
    find("panel").close();
    set(cell, event.target.elements.value.value);
    leave(cell);
    commit(cell);
  });

  document.addEventListener("logged-in", () => { isLoggedOut = false; notice.textContent = ""; retry(); show(); go(active); });
  window.addEventListener("online", () => retry());
  window.addEventListener("focus", refresh);
  setInterval(() => { if (document.visibilityState === "visible") refresh(); }, POLL_MS);
  window.addEventListener("beforeunload", (event) => {
    commit(active);
    if (!queue.length && !stuck.size) return;
    event.preventDefault();
    event.returnValue = "";
  });
  let resized = 0;
  window.addEventListener("resize", () => { clearTimeout(resized); resized = setTimeout(() => grow(all(sheet, "textarea")), 150); });

  // Paper shows the text of a field, however long; a page without scripts prints the fields.
  window.addEventListener("beforeprint", () => all(sheet, "textarea").forEach((cell) => { cell.parentElement.dataset.text = cell.value; }));

  // A link from elsewhere leads to a cell: #cell-12-venue, of the row 12.
  function follow() {
    const [, row, key] = /^#cell-(\d+)-(.+)$/.exec(decodeURIComponent(location.hash)) || [], line = row && find(`row-${row}`);  // row 0 is above the table
    if (line && body.contains(line)) fields(line);
    const cell = key && cellAt(row === "0" ? top.dataset.row : row, key);
    if (!cell) return;
    go(cell);
    cell.scrollIntoView({ block: "center", inline: "nearest" });
    flash(cell);
  }
  window.addEventListener("hashchange", follow);

  grow(all(sheet, "textarea"));
  offer();
  follow();
}());
