// The annex table: focus, keys, selection and the queue of saves. The server renders, htmx sends and swaps.
//
// A cell's defaultValue is what the server holds, or will hold once the queue is empty; its value is what stands on
// the screen. What was committed goes through one queue, first in, first out, one request at a time, each with an id
// (sent twice, it is done once) and with the value the person saw before. Answers touch only what stands under a cell
// and cells at rest, never the field that has the focus.
(function () {
  "use strict";
  const sheet = document.querySelector("form.sheet");
  if (!sheet || !window.htmx) return;
  const find = (id) => document.getElementById(id);
  const body = sheet.querySelector("tbody.rows");
  const carrier = find("carrier"), incoming = find("incoming"), report = find("save-state"), ask = find("ask"), notice = find("notice"), toast = find("toast");
  const table = sheet.dataset.table;
  const root = sheet.getAttribute("action").replace(/\/tables\/\d+$/, "");
  const shelf = `ipweek:${document.body.dataset.user}:${table}`;
  const pattern = find("row-new").cloneNode(true);
  const POLL_MS = 10000, CANCELLED_MS = 10000, MOST_ROWS_AT_ONCE = 500;
  document.documentElement.classList.add("live");

  let active = null;      // the cell that has, or had last, the focus
  let head = null;        // the other corner of the selected range
  let mode = "ready";     // ready, quick (typing replaced the content), full (the caret moves in the text)
  let before = "";        // what Esc brings back
  let tabbed = null;      // the column where a run of Tabs began
  let painted = [];
  let question = null;    // what Enter does while a line asks
  let revision = Number(sheet.dataset.revision);
  let orderLater = null;
  const stuck = new Map();  // cells whose text was not taken: {text, theirs}

  const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const isField = (element) => element instanceof HTMLTextAreaElement && sheet.contains(element);
  const lineOf = (cell) => cell.closest(".line");
  const keyOf = (cell) => cell.name.slice(cell.name.indexOf(".") + 1);
  const named = (name) => { const found = sheet.elements.namedItem(name); return found instanceof HTMLTextAreaElement ? found : null; };
  const markOf = (cell) => cell.nextElementSibling;
  const isBlank = (line) => line.classList.contains("blank");
  const lines = () => [sheet.querySelector(".fields.line"), ...body.rows];
  const last = (list) => list[list.length - 1];

  // ---- rows and cells --------------------------------------------------------------------------------------

  // The fields of a line. A row of a large table is text until somebody goes there.
  function fields(line) {
    if (line.classList.contains("shut")) open(line);
    return Array.from(line.querySelectorAll("textarea"));
  }

  function open(line) {
    const fresh = pattern.cloneNode(true), cells = fresh.querySelectorAll("td");
    Array.from(line.querySelectorAll("td")).forEach((td, n) => {
      const cell = cells[n].firstElementChild, mark = td.querySelector(".m");
      cell.value = cell.defaultValue = td.firstElementChild.textContent;
      if (mark) markOf(cell).replaceWith(mark);
      td.replaceChildren(...cells[n].childNodes);
    });
    line.classList.remove("shut");
    line.classList.add("line");
    rename(line, line.dataset.row);
    line.querySelectorAll("textarea").forEach(grow);
  }

  function near(cell, down, right) {
    const all = lines(), line = all[all.indexOf(lineOf(cell)) + down];
    if (!line) return null;
    const there = fields(line);
    return there[Math.min(columnOf(cell), there.length - 1) + right] || null;
  }

  const columnOf = (cell) => fields(lineOf(cell)).indexOf(cell);

  function rename(line, row) {
    const number = line.querySelector("th");
    line.id = `row-${row}`;
    line.dataset.row = row;
    number.id = `n${row}`;
    line.querySelectorAll("textarea").forEach((cell) => {
      const key = cell.name ? keyOf(cell) : "";
      cell.name = `${row}.${key}`;
      cell.setAttribute("aria-labelledby", `k-${key} n${row}`);
    });
  }

  // The empty row becomes one of its own, and a new empty row stands under it.
  function fillBlank(line) {
    const next = pattern.cloneNode(true);
    line.classList.remove("blank");
    rename(line, `t${newId()}`);
    body.append(next);
    next.querySelectorAll("textarea").forEach((cell) => { cell.value = ""; grow(cell); });
    number();
    return line.dataset.row;
  }

  function number() {
    Array.from(body.rows).forEach((line, n) => {
      const words = isBlank(line) ? "新行" : String(n + 1), place = line.querySelector("th span");
      if (place && place.textContent !== words) place.textContent = words;
    });
  }

  // As high as its text. Many at once: all are measured before any is set, so that the page is laid out once.
  function growAll(cells) {
    cells.forEach((cell) => { cell.style.height = "0"; });
    const heights = cells.map((cell) => cell.scrollHeight);
    cells.forEach((cell, n) => { cell.style.height = `${heights[n]}px`; });
  }
  const grow = (cell) => growAll([cell]);

  function state(cell, name) { cell.parentElement.dataset.state = name; }

  // After something was put under a cell: its colour, and what a screen reader says of it.
  function dress(cell) {
    const mark = markOf(cell), kinds = ["A", "B", "C", "D"].filter((kind) => mark.querySelector(`.find.${kind}`));
    ["A", "B", "C", "D"].forEach((kind) => cell.parentElement.classList.toggle(kind, kind === kinds[0]));
    if (mark.textContent.trim()) { mark.id = `m${cell.name.replace(".", "-")}`; cell.setAttribute("aria-describedby", mark.id); } else cell.removeAttribute("aria-describedby");
    if (kinds[0] === "A") cell.setAttribute("aria-invalid", "true"); else cell.removeAttribute("aria-invalid");
  }

  function flash(cell) {
    const place = cell.parentElement;
    place.classList.remove("flash");
    void place.offsetWidth;
    place.classList.add("flash");
  }

  // ---- focus and modes -------------------------------------------------------------------------------------

  function setMode(next) {
    mode = next;
    if (active) active.dataset.mode = next;
  }

  function arrive(cell) {
    if (active && active !== cell) delete active.dataset.mode;
    active = head = cell;
    before = cell.value;
    setMode("ready");
    cell.select();
    paint();
    const radio = lineOf(cell).querySelector("input[type=radio]");
    if (radio) radio.checked = true;
    if (orderLater) arrange(orderLater);
  }

  function go(cell) {
    if (!cell) return;
    if (document.activeElement === cell) arrive(cell); else cell.focus({ preventScroll: true });
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  // Commit what is being typed, then go there.
  function leave(cell) {
    commit(active);
    if (cell) go(cell); else arrive(active);
  }

  function step(down, right) {
    tabbed = null;
    leave(near(active, down, right));
  }

  function enter(down) {
    const column = tabbed;
    tabbed = null;
    commit(active);
    const below = near(active, down, 0);
    go(below && column !== null && down > 0 ? fields(lineOf(below))[column] : below || active);
  }

  function tab(back) {
    commit(active);
    const row = fields(lineOf(active)), column = row.indexOf(active);
    let next = row[column + (back ? -1 : 1)];
    if (!next) {
      const all = lines(), line = all[all.indexOf(lineOf(active)) + (back ? -1 : 1)];
      if (!line) return false;  // out of the table: no keyboard trap
      next = back ? last(fields(line)) : fields(line)[0];
    }
    if (!back && tabbed === null) tabbed = column;
    go(next);
    return true;
  }

  // To the edge of what is filled, as Ctrl and an arrow do in a sheet.
  function edge(down, right) {
    let here = active, next = near(here, down, right);
    const jumps = next && !(here.value && next.value);
    while (next && !(isBlank(lineOf(next)) && down) && (jumps ? true : next.value)) {
      here = next;
      if (jumps && here.value) break;
      next = near(here, down, right);
    }
    tabbed = null;
    leave(here);
  }

  function edit(next) {
    setMode(next);
    head = active;
    paint();
    active.setSelectionRange(active.value.length, active.value.length);
  }

  function cancel() {
    const typed = active.value, cell = active;
    forget(cell);
    if (typed !== before) {
      cell.value = before;
      grow(cell);
      say("已放弃这次输入", "恢复刚才的输入", () => { cell.value = typed; grow(cell); commit(cell); go(cell); });
    }
    setMode("ready");
    cell.select();
  }

  let toastTimer = 0;
  function say(words, press, then) {
    const line = document.createElement("div"), text = document.createElement("span"), button = document.createElement("button");
    text.textContent = words;
    button.type = "button";
    button.textContent = press;
    button.addEventListener("click", () => { toast.textContent = ""; then(); });
    line.append(text, button);
    toast.replaceChildren(line);
    clearTimeout(toastTimer);
    toastTimer = setTimeout(() => { if (line.isConnected) toast.textContent = ""; }, CANCELLED_MS);
  }

  // ---- the selected range ----------------------------------------------------------------------------------

  function range() {
    if (!active) return [];
    const rows = Array.from(body.rows), a = rows.indexOf(lineOf(active)), b = rows.indexOf(lineOf(head));
    if (a < 0 || b < 0 || active === head) return [[active]];
    const columns = [columnOf(active), columnOf(head)].sort((x, y) => x - y);
    return rows.slice(Math.min(a, b), Math.max(a, b) + 1).map((line) => fields(line).slice(columns[0], columns[1] + 1));
  }

  function paint() {
    painted.forEach((cell) => cell.parentElement.classList.remove("sel"));
    const block = range();
    painted = block.length > 1 || (block[0] || []).length > 1 ? block.flat() : [];
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
    const rows = Array.from(body.rows).filter((line) => !isBlank(line));
    if (!rows.length) return;
    go(fields(rows[0])[0]);
    extendTo(last(fields(last(rows))));
  }

  // ---- committing ------------------------------------------------------------------------------------------

  const baseOf = (cell) => (stuck.has(cell) && stuck.get(cell).theirs !== undefined ? stuck.get(cell).theirs : cell.defaultValue);

  // What is in the cell is meant: send it. Idempotent: nothing goes out twice.
  function commit(cell) {
    if (!cell) return;
    forget(cell);
    const held = stuck.get(cell);
    if (held && (held.theirs !== undefined || held.text === cell.value)) { held.text = cell.value; return; }
    if (!held && cell.value === cell.defaultValue) return;
    sendCell(cell);
  }

  function sendCell(cell) {
    const base = baseOf(cell), line = lineOf(cell);
    stuck.delete(cell);
    if (cell.value === base && cell.value === cell.defaultValue) { state(cell, ""); show(); return; }
    if (isBlank(line)) put({ kind: "row", temp: fillBlank(line), after: "" });
    put({ kind: "cell", row: line.dataset.row, key: keyOf(cell), value: cell.value, base });
    cell.defaultValue = before = cell.value;
    state(cell, "saving");
  }

  // Many cells in one op: [cell, value] each. Rows that are not there yet are made by it.
  function apply(list, via) {
    const edits = [], rows = new Map();
    list.filter(([cell, value]) => cell.value !== value || stuck.has(cell)).forEach(([cell, value]) => {
      const line = lineOf(cell), key = keyOf(cell);
      if (isBlank(line)) rows.set(fillBlank(line), {});
      if (rows.has(line.dataset.row)) rows.get(line.dataset.row)[key] = value;
      else edits.push([line.dataset.row, key, value, baseOf(cell)]);
      stuck.delete(cell);
      cell.value = cell.defaultValue = value;
      state(cell, "saving");
    });
    growAll(list.map(([cell]) => cell));
    if (edits.length || rows.size) put({ kind: "block", via, edits, rows: Array.from(rows) });
    if (active) { before = active.value; active.select(); }
  }

  function clear() {
    const cells = range().flat().filter((cell) => cell.value);
    if (cells.length > 1) apply(cells.map((cell) => [cell, ""]), "filled");
    else if (cells.length) { cells[0].value = ""; grow(cells[0]); commit(cells[0]); }
  }

  function fill(block, value) {
    const list = [];
    block.forEach((row, n) => row.forEach((cell, m) => list.push([cell, value(n, m)])));
    apply(list, "filled");
  }

  function fillDown() {
    const block = range();
    if (block.length > 1) fill(block.slice(1), (n, m) => block[0][m].value);
    else fill(block, (n, m) => { const above = near(block[0][m], -1, 0); return above && body.contains(above) ? above.value : block[0][m].value; });
  }

  function fillRight() {
    const block = range();
    if (block[0].length > 1) fill(block.map((row) => row.slice(1)), (n) => block[n][0].value);
    else fill(block, (n) => { const left = near(block[n][0], 0, -1); return left ? left.value : block[n][0].value; });
  }

  function today() {
    const now = new Date();
    const words = `${now.getMonth() + 1}月${now.getDate()}日`;
    if (mode === "ready") active.value = words; else active.setRangeText(words, active.selectionStart, active.selectionEnd, "end");
    if (mode === "ready") setMode("quick");
    grow(active);
  }

  // ---- drafts: what is not saved yet also stands in localStorage ---------------------------------------------

  function drafts(change) {
    try {
      const all = JSON.parse(localStorage.getItem(shelf) || "{}");
      change(all);
      if (Object.keys(all).length) localStorage.setItem(shelf, JSON.stringify(all)); else localStorage.removeItem(shelf);
      return all;
    } catch (error) { return {}; }  // storage is off or full: the queue on the page still holds everything
  }
  const keep = (op) => drafts((all) => { all[op.id] = op; });
  const drop = (op) => drafts((all) => { delete all[op.id]; });

  let typing = 0;
  function remember(cell) {
    clearTimeout(typing);
    typing = setTimeout(() => { if (cell.value !== cell.defaultValue) keep({ id: `typing:${cell.name}`, kind: "cell", row: lineOf(cell).dataset.row, key: keyOf(cell), value: cell.value, base: baseOf(cell) }); }, 300);
  }
  function forget(cell) {
    clearTimeout(typing);
    drop({ id: `typing:${cell.name}` });
  }

  function offer() {
    const left = Object.values(drafts(() => {})), box = find("drafts");
    const cells = left.filter((op) => op.kind === "cell" && op.value || op.kind === "block");
    if (!cells.length) { if (left.length) drafts((all) => Object.keys(all).forEach((id) => delete all[id])); return; }
    box.querySelector("[data-count]").textContent = String(cells.length);
    box.querySelector("[data-sample]").textContent = cells.slice(0, 3).map((op) => `“${(op.value || "粘贴的内容").slice(0, 20)}”`).join("、");
    box.hidden = false;
    box.addEventListener("click", (event) => {
      const press = event.target.dataset.drafts;
      if (!press) return;
      box.hidden = true;
      drafts((all) => left.forEach((op) => delete all[op.id]));
      if (press === "restore") left.forEach(restore);
    });
  }

  // Put a draft back on the screen and into the queue, with the id and the base it had.
  function restore(op) {
    if (op.kind === "row" || op.kind === "block") {
      const temps = op.kind === "row" ? [[op.temp, {}]] : op.rows;
      temps.forEach(([temp, values]) => {
        const line = last(body.rows);
        fillBlank(line);
        rename(line, temp);
        fields(line).forEach((cell) => { cell.value = cell.defaultValue = values[keyOf(cell)] || ""; grow(cell); });
      });
    }
    const edits = op.kind === "cell" ? [[op.row, op.key, op.value]] : op.edits || [];
    let gone = false;
    edits.forEach(([row, key, value]) => {
      const cell = named(`${row}.${key}`);
      if (!cell) { gone = gone || op.kind === "cell"; return; }
      cell.value = cell.defaultValue = value;
      state(cell, "saving");
      grow(cell);
    });
    if (gone && op.row === "new") {
      const cell = named(`new.${op.key}`);
      if (cell) { cell.value = op.value; commit(cell); }
      return;
    }
    put({ ...op, id: op.id.startsWith("typing:") ? newId() : op.id });
  }

  // ---- the queue -------------------------------------------------------------------------------------------

  const queue = [];
  let busy = null, attempts = 0, isLoggedOut = false, acknowledged = null, jump = null, timer = 0, savedAt = "", leaving = "";

  function put(op) {
    op.id = op.id || newId();
    queue.push(op);
    keep(op);
    show();
    pump();
  }

  const touches = (op, cell) => {
    const [row, key] = [lineOf(cell) && lineOf(cell).dataset.row, keyOf(cell)];
    if (op.kind === "cell") return op.row === row && op.key === key;
    return op.kind === "block" && (op.edits.some((one) => one[0] === row && one[1] === key) || op.rows.some(([temp]) => temp === row));
  };
  const isWaiting = (cell) => queue.some((op) => touches(op, cell));

  function pump() {
    clearTimeout(timer);
    if (busy || isLoggedOut) return;
    if (queue.length) send(queue[0]);
    else if (leaving) { const there = leaving; leaving = ""; location.assign(there); }
  }

  function send(op) {
    busy = op;
    acknowledged = jump = null;
    show();
    const rev = revision, cell = op.kind === "cell" ? named(`${op.row}.${op.key}`) : null;
    const wire = {
      cell: () => [`/activities/${op.row}/cells/${op.key}`, { value: op.value, base: op.base }],
      row: () => [`/tables/${table}/rows`, { after: op.after, rev }],
      act: () => [`/activities/${op.row}/${op.act}`, { down: op.down || "", rev }],
      step: () => [`/tables/${table}/${op.act}`, { rev }],
      block: () => [`/tables/${table}/paste`, { block: JSON.stringify({ via: op.via, edits: op.edits, rows: op.rows.map((row) => row[1]) }), rev }],
      poll: () => [`/tables/${table}/rows`, { rev }],
    }[op.kind]();
    const isPoll = op.kind === "poll";
    if (!isPoll) wire[1].op = op.id;
    htmx.ajax(isPoll ? "GET" : "POST", root + wire[0], {
      source: carrier, target: cell ? markOf(cell) : incoming, swap: "innerHTML settle:0ms", values: wire[1], headers: isPoll ? { "X-Poll": "1" } : {},
    }).catch(() => { /* the events below say what happened */ });
  }

  const isTransient = (status) => status === 0 || status === 429 || status >= 500;
  const isRenewal = (op, xhr) => xhr.status === 400 && !op.renewed && (xhr.getResponseHeader("HX-Trigger") || "").includes("csrf-renew");

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, requestConfig } = event.detail;
    if (requestConfig.elt !== carrier || !busy) return;
    event.detail.isError = false;
    const isLost = busy.kind === "cell" && xhr.status < 300 && event.detail.target === incoming;
    if (isTransient(xhr.status) || isRenewal(busy, xhr) || isLost || (busy.kind === "poll" && xhr.status !== 200)) event.detail.shouldSwap = false;
    if (xhr.status === 409 && busy.kind === "block" && (xhr.getResponseHeader("HX-Trigger") || "") === "clash") event.detail.shouldSwap = false;
  });
  carrier.addEventListener("saved", (event) => { acknowledged = event.detail; });
  carrier.addEventListener("jump", (event) => { jump = event.detail; });
  carrier.addEventListener("htmx:afterRequest", (event) => answered(event.detail.xhr));
  carrier.addEventListener("htmx:onLoadError", () => answered({ status: 0 }));

  function answered(xhr) {
    const op = busy;
    if (!op) return;
    busy = null;
    const status = xhr.status;
    if (op.kind === "poll") {
      if (status === 200) merge(op);
    } else if (status >= 200 && status < 300 && acknowledged) {
      attempts = 0;
      finish(op);
      notice.textContent = "";
      if (acknowledged.time) savedAt = acknowledged.time;
      if (op.kind !== "cell") merge(op); else if (acknowledged.revision === revision + 1) revision += 1;
      settle(op);
    } else if (status === 401) {
      isLoggedOut = true;
    } else if (isRenewal(op, xhr)) {
      op.renewed = true;
    } else if (isTransient(status) || status < 300) {
      attempts += 1;
      show();
      const asked = Number(xhr.getResponseHeader && xhr.getResponseHeader("Retry-After")) || 0;
      timer = setTimeout(pump, Math.max(asked * 1000, Math.min(15000, 500 * 2 ** attempts)));
      return;
    } else {
      attempts = 0;
      refuse(op, status, xhr);
    }
    show();
    setTimeout(pump, 0);
  }

  function finish(op) {
    queue.splice(queue.indexOf(op), 1);
    drop(op);
  }

  // The cells of an op that is done: saved, unless something newer waits.
  function settle(op) {
    const names = op.kind === "cell" ? [`${op.row}.${op.key}`] : op.kind === "block" ? cellsOf(op) : [];
    names.map(named).filter((cell) => cell && !stuck.has(cell) && !isWaiting(cell)).forEach((cell) => { state(cell, "saved"); dress(cell); });
  }

  const cellsOf = (op) => [...op.edits.map((one) => `${one[0]}.${one[1]}`), ...op.rows.flatMap(([row, values]) => Object.keys(values).map((key) => `${row}.${key}`))];

  function refuse(op, status, xhr) {
    queue.splice(queue.indexOf(op), 1);
    if (op.kind === "cell") refuseCell(op, status);
    else if (op.kind === "block") {
      drop(op);
      const isOneCells = status === 422 || (xhr.getResponseHeader("HX-Trigger") || "") === "clash";
      if (isOneCells) explode(op); else op.edits.forEach(([row, key, value, base]) => refuseCell({ row, key, value, base, id: newId(), kind: "cell" }, status));
    } else {
      drop(op);
      if (op.kind === "row") queue.filter((other) => other.row === op.temp).forEach((other) => { queue.splice(queue.indexOf(other), 1); refuseCell(other, status); });
      body.querySelectorAll(".going").forEach((line) => line.classList.remove("going"));
      setTimeout(refresh, 0);
    }
  }

  // The text stays on the screen and in the drafts; later edits of the same cell go with it.
  function refuseCell(op, status) {
    const cell = named(`${op.row}.${op.key}`);
    if (!cell) { keep(op); return; }
    const later = queue.filter((other) => other.kind === "cell" && other.row === op.row && other.key === op.key);
    const clash = status === 409 && markOf(cell).querySelector(".clash");
    if (status === 422 && later.length) { later[0].base = op.base; drop(op); return; }
    later.forEach((other) => { queue.splice(queue.indexOf(other), 1); drop(other); });
    const text = later.length ? last(later).value : op.value;
    keep({ ...op, value: text });
    if (!clash) cell.defaultValue = op.base;
    stuck.set(cell, { text, id: op.id, theirs: clash ? clash.dataset.theirs : undefined });
    state(cell, clash ? "clash" : "unsaved");
    if (!clash && status !== 422) markOf(cell).replaceChildren(find("unsaved").content.cloneNode(true));
    dress(cell);
  }

  // One cell of the block was changed by somebody, or is too long: save the others, and let that one say so.
  function explode(op) {
    const parts = op.rows.flatMap(([temp, values]) => [{ kind: "row", temp, after: "" }, ...Object.entries(values).map(([key, value]) => ({ kind: "cell", row: temp, key, value, base: "" }))]);
    op.edits.forEach(([row, key, value, base]) => parts.push({ kind: "cell", row, key, value, base }));
    parts.reverse().forEach((part) => { part.id = newId(); queue.unshift(part); keep(part); });
  }

  function pick(cell, mine) {
    const held = stuck.get(cell);
    if (!held || held.theirs === undefined) return;
    drop(held);
    markOf(cell).textContent = "";
    dress(cell);
    if (mine) { cell.defaultValue = held.theirs; sendCell(cell); } else {
      stuck.delete(cell);
      cell.value = cell.defaultValue = held.theirs;
      state(cell, "");
      grow(cell);
      refresh();
    }
    show();
    go(cell);
  }

  function retry(cell) {
    const held = cell && stuck.get(cell);
    if (held && held.theirs === undefined) {
      drop(held);
      stuck.delete(cell);
      sendCell(cell);
    }
    attempts = 0;
    pump();
  }

  function show() {
    const open = Array.from(stuck.keys()).filter((cell) => cell.isConnected), clash = open.find((cell) => stuck.get(cell).theirs !== undefined);
    let words = savedAt ? `已保存 ${savedAt}` : "", press = null, kind = "saved";
    if (isLoggedOut) [words, kind] = ["登录已过期，请在上方登录后继续", "unsaved"];
    else if (queue.length && attempts) [words, kind, press] = [`未保存（${queue.length} 处），点此重试`, "unsaved", () => retry(null)];
    else if (queue.length) [words, kind] = ["保存中…", "saving"];
    else if (clash) [words, kind, press] = ["有一格与他人同时修改，点此选择", "unsaved", () => go(clash)];
    else if (open.length) [words, kind, press] = [`未保存（${open.length} 处），点此查看`, "unsaved", () => go(open[0])];
    else if (!savedAt) return;
    if (attempts) queue.forEach((op) => (op.kind === "cell" ? [`${op.row}.${op.key}`] : op.kind === "block" ? cellsOf(op) : []).map(named).forEach((cell) => { if (cell && cell.parentElement.dataset.state !== "unsaved") { state(cell, "unsaved"); markOf(cell).replaceChildren(find("unsaved").content.cloneNode(true)); } }));
    if (report.textContent === words) return;
    report.className = `save-state ${kind}`;
    if (!press) { report.textContent = words; return; }
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = words;
    button.addEventListener("click", press);
    report.replaceChildren(button);
  }

  // ---- what the server says of other rows --------------------------------------------------------------------

  function refresh() {
    if (!busy && !queue.length && !isLoggedOut) send({ kind: "poll" });
  }

  const isIdle = (cell) => !stuck.has(cell) && cell.value === cell.defaultValue && !isWaiting(cell) && !(cell === document.activeElement && mode !== "ready");

  function merge(op) {
    const info = incoming.querySelector("tr[data-revision]");
    if (info && Number(info.dataset.revision) >= revision) {
      revision = Number(info.dataset.revision);
      const made = info.dataset.made.split(" ").filter(Boolean);
      if (op.kind === "row") adopt(op.temp, made[0]);
      if (op.kind === "block") op.rows.forEach((row, n) => { adopt(row[0], made[n]); row[0] = made[n]; });
      info.querySelectorAll("textarea").forEach(take);
      incoming.querySelectorAll("tr[data-row]").forEach((fresh) => {
        const here = body.querySelector(`[data-row="${fresh.dataset.row}"]`);
        if (!here) { body.insertBefore(fresh, last(body.rows)); growAll(fields(fresh)); return; }
        if (here.classList.contains("shut")) fields(here);
        here.querySelector("th").replaceChildren(...fresh.querySelector("th").childNodes);
        fresh.querySelectorAll("textarea").forEach(take);
      });
      const order = info.dataset.order.split(" ").filter(Boolean);
      if (mode === "ready" || document.activeElement !== active) arrange(order); else orderLater = order;
      if (op.act === "duplicate" && made[0]) go(named(`${made[0]}.${keyOf(active)}`));
    }
    if (jump) land(jump);
    incoming.textContent = "";
  }

  function take(fresh) {
    const cell = named(fresh.name);
    if (!cell || !isIdle(cell)) return;
    if (cell.value !== fresh.defaultValue) {
      cell.value = fresh.defaultValue;
      flash(cell);
      grow(cell);
    }
    cell.defaultValue = fresh.defaultValue;
    if (cell.parentElement.dataset.state !== "saved") state(cell, "");
    markOf(cell).replaceChildren(...markOf(fresh).childNodes);
    dress(cell);
    if (cell === document.activeElement) { before = cell.value; cell.select(); }
  }

  // A row made here has its number now: so do the ops that wait for it.
  function adopt(temp, row) {
    if (!row) return;
    const line = body.querySelector(`[data-row="${temp}"]`);
    queue.forEach((op) => {
      if (op.row === temp) op.row = row;
      if (op.after === temp) op.after = row;
      if (op.edits) op.edits.forEach((one) => { if (one[0] === temp) one[0] = row; });
      keep(op);
    });
    if (line) rename(line, row);
  }

  // Put the rows into the server's order without touching the one that has the focus; take away those that are gone.
  function arrange(order) {
    orderLater = null;
    const blank = last(body.rows), places = new Map(order.map((row, n) => [row, n]));
    Array.from(body.rows).forEach((line) => {
      if (line === blank || line.dataset.row.startsWith("t") || places.has(line.dataset.row)) return;
      if (line.classList.contains("line") && fields(line).some((cell) => !isIdle(cell))) { line.classList.add("gone"); return; }
      if (active && line.contains(active)) {
        const there = near(active, 1, 0) || near(active, -1, 0);
        line.classList.remove("line");
        go(there);
      }
      line.remove();
    });
    const rows = Array.from(body.rows).filter((line) => line !== blank), wanted = [];
    order.forEach((row) => { const line = rows.find((one) => one.dataset.row === row); if (line) wanted.push(line); });
    rows.filter((line) => !wanted.includes(line)).forEach((line) => wanted.splice(wanted.indexOf(line.previousElementSibling) + 1 || wanted.length, 0, line));
    if (wanted.some((line, n) => line !== rows[n])) {
      const still = Math.max(0, wanted.findIndex((line) => line.contains(document.activeElement)));
      wanted.slice(0, still).forEach((line) => body.insertBefore(line, wanted[still]));
      wanted.slice(still + 1).forEach((line) => body.insertBefore(line, blank));
    }
    number();
    paint();
  }

  function land(place) {
    const line = body.querySelector(`[data-row="${place.row}"]`), cell = named(place.cell) || (line && fields(line)[0]);
    if (cell) { go(cell); flash(cell); }
  }

  // ---- row actions -----------------------------------------------------------------------------------------

  const actions = {
    add() {
      commit(active);
      const line = active && body.contains(active) ? lineOf(active) : null;
      if (!line || isBlank(line)) { go(fields(last(body.rows))[0]); return; }
      const fresh = pattern.cloneNode(true);
      fresh.classList.remove("blank");
      rename(fresh, `t${newId()}`);
      line.after(fresh);
      growAll(fields(fresh));
      number();
      put({ kind: "row", temp: fresh.dataset.row, after: line.dataset.row });
      go(fields(fresh)[0]);
    },
    duplicate() { act("duplicate"); },
    delete() {
      const line = act("delete");
      if (!line) return;
      line.classList.add("going");
      go(near(active, 1, 0) || near(active, -1, 0));
    },
    up() { act("move"); },
    down() { act("move", "1"); },
    undo() { stepBack("undo"); },
    redo() { stepBack("redo"); },
    save() {
      commit(active);
      if (!queue.length && savedAt) report.textContent = `已保存 ${savedAt}`;
      if (active && document.activeElement === active) arrive(active);
    },
    keys() { const link = sheet.querySelector("[data-keys]"); if (link) link.click(); },
    history() {
      if (!active || isNaN(Number(lineOf(active).dataset.row))) return;
      htmx.ajax("GET", `${root}/activities/${lineOf(active).dataset.row}/cells/${keyOf(active)}/history`, { source: find("panel"), target: find("panel-body"), swap: "innerHTML" });
    },
  };

  function act(name, down) {
    commit(active);
    const line = active && body.contains(active) ? lineOf(active) : null;
    if (!line || isBlank(line)) return null;
    put({ kind: "act", act: name, row: line.dataset.row, down });
    return line;
  }

  function stepBack(name) {
    commit(active);
    put({ kind: "step", act: name });
  }

  // ---- paste and copy --------------------------------------------------------------------------------------

  const bare = (text) => text.normalize("NFKC").replace(/\s+/g, "").replace(/\(.*?\)/g, "").replace(/[:*]+$/, "");
  const tidy = (text) => text.replace(/\u00a0/g, " ").replace(/[\ufeff\u000b]/g, "");

  // Quoted TSV as Excel and WPS write it.
  function parseText(text) {
    const rows = [[]];
    let rest = text.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n").replace(/\n$/, "");
    for (;;) {
      const quoted = /^"((?:[^"]|"")*)"(?=[\t\n]|$)/.exec(rest), plain = quoted || /^[^\t\n]*/.exec(rest);
      last(rows).push(tidy(quoted ? quoted[1].replace(/""/g, '"') : plain[0]));
      rest = rest.slice(plain[0].length);
      if (!rest) return rows;
      if (rest[0] === "\n") rows.push([]);
      rest = rest.slice(1);
    }
  }

  // A table as HTML: only where it says more than the text (spans, or Word's paragraphs in one cell).
  function parseHtml(html) {
    if (!/<table/i.test(html)) return null;
    const page = new DOMParser().parseFromString(html, "text/html"), tables = page.querySelectorAll("table");
    const isWord = /Word\.Document|MsoTableGrid|MsoNormalTable/i.test(html);
    if (tables.length !== 1 || !(isWord || page.querySelector("[rowspan]:not([rowspan='1']),[colspan]:not([colspan='1'])"))) return null;
    const rows = Array.from(tables[0].rows, () => []);
    Array.from(tables[0].rows).forEach((line, n) => {
      let column = 0;
      Array.from(line.cells).forEach((cell) => {
        while (rows[n][column] !== undefined) column += 1;
        const text = cellText(cell);
        for (let down = 0; down < Math.max(1, cell.rowSpan) && n + down < rows.length; down += 1) {
          for (let right = 0; right < cell.colSpan; right += 1) rows[n + down][column + right] = right ? "" : text;
        }
        column += cell.colSpan;
      });
    });
    return rows.map((row) => Array.from(row, (text) => text || ""));
  }

  function cellText(cell) {
    cell.querySelectorAll("br").forEach((br) => br.replaceWith("\u2028"));
    const parts = cell.querySelectorAll("p,div,li");
    const pieces = parts.length ? Array.from(parts).filter((part) => !part.querySelector("p,div,li")) : [cell];
    const flat = (text) => tidy(text).replace(/([\u2e80-\uffef])\s*\n\s*(?=[\u2e80-\uffef])/g, "$1").replace(/[ \t\n\r]+/g, " ").replace(/ ?\u2028 ?/g, "\n").trim();
    return pieces.map((piece) => flat(piece.textContent)).join("\n").trim();
  }

  const titles = Array.from(sheet.querySelectorAll("thead th[data-key]"), (th) => ({ key: th.dataset.key, title: bare(th.firstChild.textContent) }));

  function paste(rows) {
    let columns = null, notes = [];
    const first = rows[0].map(bare), known = first.filter((title) => titles.some((one) => one.title === title)).length;
    if (rows.length > 1 && known && known >= 0.6 * first.filter((title) => title && title !== "序号").length) {
      columns = first.map((title) => titles.findIndex((one) => one.title === title));
      const lost = rows[0].filter((title, n) => columns[n] < 0 && title.trim() && first[n] !== "序号");
      if (lost.length) notes.push(`${lost.map((title) => `“${title.trim()}”`).join("")}列在本表没有，不会粘贴`);
      rows = rows.slice(1);
    } else {
      const numbered = rows[0].length === titles.length + 1 && rows.every((row, n) => Number(row[0]) === Number(rows[0][0]) + n);
      const start = numbered ? -1 : columnOf(active), width = Math.max(...rows.map((row) => row.length));
      columns = Array.from({ length: width }, (_, n) => (start + n < titles.length ? start + n : -1));
      if (start + width > titles.length) notes.push(`右边有 ${start + width - titles.length} 列放不下，不会粘贴`);
      if (numbered) columns[0] = -1;
    }
    rows = rows.filter((row) => row.some((text) => text.trim()) || rows.length === 1);
    if (rows.length > MOST_ROWS_AT_ONCE) { notes = []; questionOf(`一次最多粘贴 ${MOST_ROWS_AT_ONCE} 行，复制的有 ${rows.length} 行。请分几次粘贴，或上传附件表格。`, null); return; }
    const here = Array.from(body.rows), top = here.indexOf(lineOf(active));
    let over = 0;
    rows.forEach((row, n) => {
      const line = here[top + n];
      if (line && !isBlank(line)) columns.forEach((column, m) => { if (column >= 0 && row[m] !== undefined) { const now = fields(line)[column].value; if (now && now !== row[m]) over += 1; } });
    });
    const width = columns.filter((column) => column >= 0).length, fresh = Math.max(0, rows.length - Math.max(0, here.length - 1 - top));
    const doIt = () => {
      const list = [];
      const added = new Map();
      rows.forEach((row, n) => {
        let line = body.rows[top + n];
        if (isBlank(line)) added.set(fillBlank(line), {});
        line = body.rows[top + n];
        columns.forEach((column, m) => { if (column >= 0 && row[m] !== undefined) list.push([fields(line)[column], row[m]]); });
      });
      applyWith(list, added);
      const cells = list.map(([cell]) => cell);
      if (cells.length) { go(cells[0]); extendTo(last(cells)); }
    };
    if (over || notes.length) questionOf([`粘贴 ${rows.length} 行 × ${width} 列：新增 ${fresh} 行，覆盖 ${over} 格`, ...notes].join("；"), doIt); else doIt();
  }

  // Like apply, for a paste that has made rows already.
  function applyWith(list, added) {
    const edits = [];
    list.forEach(([cell, value]) => {
      const row = lineOf(cell).dataset.row;
      if (added.has(row)) { if (value) added.get(row)[keyOf(cell)] = value; } else if (cell.value !== value) edits.push([row, keyOf(cell), value, baseOf(cell)]); else return;
      stuck.delete(cell);
      cell.value = cell.defaultValue = value;
      state(cell, "saving");
    });
    growAll(list.map(([cell]) => cell));
    if (edits.length || added.size) put({ kind: "block", via: "pasted", edits, rows: Array.from(added) });
    before = active.value;
  }

  function questionOf(words, then) {
    question = then || (() => {});
    const text = document.createElement("span");
    text.textContent = words;
    ask.replaceChildren(text);
    [[then ? "粘贴" : "", true], [then ? "取消" : "知道了", false]].filter(([label]) => label).forEach(([label, yes]) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = label;
      if (!yes) button.className = "second";
      button.addEventListener("click", () => decide(yes));
      ask.append(button);
    });
  }

  function decide(yes) {
    const then = question;
    question = null;
    ask.textContent = "";
    if (yes && then) then(); else go(active);
  }

  const quoted = (text) => (/[\t\n"]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text);
  const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/\n/g, '<br style="mso-data-placement:same-cell">');

  function copy(event) {
    const block = range();
    event.clipboardData.setData("text/plain", block.map((row) => row.map((cell) => quoted(cell.value)).join("\t")).join("\r\n"));
    event.clipboardData.setData("text/html", `<table>${block.map((row) => `<tr>${row.map((cell) => `<td style="mso-number-format:'\\@'">${escaped(cell.value)}</td>`).join("")}</tr>`).join("")}</table>`);
    event.preventDefault();
  }

  const atRest = (event) => isField(event.target) && event.target === active && mode === "ready";
  sheet.addEventListener("copy", (event) => { if (atRest(event)) copy(event); });
  sheet.addEventListener("cut", (event) => { if (atRest(event)) { copy(event); clear(); } });
  sheet.addEventListener("paste", (event) => {
    if (!atRest(event)) return;
    event.preventDefault();
    const rows = parseHtml(event.clipboardData.getData("text/html")) || parseText(event.clipboardData.getData("text/plain"));
    if (rows.length > 1 || rows[0].length > 1) { if (body.contains(active)) paste(rows); else { active.value = rows.flat().join(" ").trim(); commit(active); } return; }
    const block = range();
    if (block.length > 1 || block[0].length > 1) fill(block, () => rows[0][0]); else { active.value = rows[0][0]; grow(active); commit(active); arrive(active); }
  });

  // ---- keys ------------------------------------------------------------------------------------------------

  const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  const ends = (cell, atEnd) => { const row = fields(lineOf(cell)); return atEnd ? last(row) : row[0]; };
  const corner = (atEnd) => { const rows = Array.from(body.rows), line = atEnd ? rows[Math.max(0, rows.length - 2)] : rows[0]; return atEnd ? last(fields(line)) : fields(line)[0]; };

  const both = {
    "Enter": () => enter(1),
    "Shift+Enter": () => enter(-1),
    "Tab": () => tab(false),
    "Shift+Tab": () => tab(true),
    "Ctrl+s": () => actions.save(),
    "Ctrl+;": today,
    "Alt+Insert": () => actions.add(),
    "Alt+Delete": () => actions.delete(),
    "Alt+Shift+ArrowDown": () => actions.duplicate(),
    "Alt+ArrowUp": () => actions.up(),
    "Alt+ArrowDown": () => actions.down(),
    "Alt+h": () => actions.history(),
  };
  const ready = {
    "F2": () => edit("full"),
    "Escape": () => { if (question) decide(false); else { head = active; paint(); } },
    "Delete": clear,
    "Backspace": clear,
    "Home": () => leave(ends(active, false)),
    "End": () => leave(ends(active, true)),
    "Ctrl+Home": () => leave(corner(false)),
    "Ctrl+End": () => leave(corner(true)),
    "Ctrl+a": selectAll,
    "Ctrl+d": fillDown,
    "Ctrl+r": fillRight,
    "Ctrl+Enter": () => fill(range(), () => active.value),
    "Ctrl+z": () => actions.undo(),
    "Ctrl+y": () => actions.redo(),
    "Ctrl+Shift+z": () => actions.redo(),
    "1": () => choose(true),
    "2": () => choose(false),
  };
  const editing = {
    "F2": () => { if (mode === "quick") setMode("full"); else setMode("quick"); },
    "Escape": cancel,
    "Alt+Enter": () => { active.setRangeText("\n", active.selectionStart, active.selectionEnd, "end"); grow(active); remember(active); },
    "Ctrl+Enter": () => { const value = active.value, block = painted.length ? range() : null; commit(active); if (block) fill(block, () => value); arrive(active); },
  };
  const HELD = new Set(["Enter", "Shift+Enter", "Alt+Insert", "Alt+Delete", "Alt+Shift+ArrowDown", "Ctrl+d", "Ctrl+r", "Ctrl+Enter"]);

  const choose = (mine) => (stuck.has(active) && stuck.get(active).theirs !== undefined ? pick(active, mine) : false);

  sheet.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || !isField(event.target)) return;
    const key = event.code === "Semicolon" && event.ctrlKey ? ";" : event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const chord = (event.ctrlKey || event.metaKey ? "Ctrl+" : "") + (event.altKey ? "Alt+" : "") + (event.shiftKey && key !== "?" ? "Shift+" : "") + key;
    const arrow = ARROWS[key];
    if (event.repeat && HELD.has(chord)) { event.preventDefault(); return; }
    if (mode === "ready" && question && chord === "Enter") { event.preventDefault(); decide(true); return; }
    let action = (mode === "ready" ? ready[chord] : editing[chord]) || both[chord];
    if (!action && arrow && mode === "ready") {
      if (chord === key) action = () => step(...arrow);
      else if (chord === `Shift+${key}`) action = () => extendTo(near(head, ...arrow));
      else if (chord === `Ctrl+${key}`) action = () => edge(...arrow);
    } else if (!action && arrow && mode === "quick" && chord === key) action = () => step(...arrow);
    if (action && action() !== false) event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "?" && !/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) actions.keys();
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s" && !event.defaultPrevented) { event.preventDefault(); actions.save(); }
  });

  // ---- the mouse, and what the browser tells -----------------------------------------------------------------

  let isDragging = false;
  sheet.addEventListener("mousedown", (event) => {
    const place = event.target.closest("td,.cell"), line = place && place.closest(".line,.shut");
    if (event.target.closest(".bar button, .bar a")) { event.preventDefault(); return; }  // the cell keeps the focus
    if (!line || event.button || event.target.closest("button,a,label,input")) return;
    if (line.classList.contains("shut")) open(line);
    const cell = place.querySelector("textarea");
    if (!cell || (cell === active && mode !== "ready" && document.activeElement === cell)) return;
    event.preventDefault();
    if (event.shiftKey && active) { extendTo(cell); return; }
    tabbed = null;
    if (event.detail === 2 && cell === active) { edit("full"); return; }
    if (active && active !== cell) commit(active);
    if (document.activeElement === cell) arrive(cell); else cell.focus({ preventScroll: true });
    isDragging = true;
  });
  sheet.addEventListener("mouseover", (event) => {
    const place = isDragging && event.target.closest("td"), cell = place && place.querySelector("textarea");
    if (cell && cell !== head) extendTo(cell);
  });
  document.addEventListener("mouseup", () => { isDragging = false; });

  sheet.addEventListener("focusin", (event) => {
    if (!isField(event.target) || (event.target === active && mode !== "ready")) return;
    arrive(event.target);
  });
  sheet.addEventListener("focusout", (event) => {
    if (!isField(event.target) || document.activeElement === event.target) return;  // only the window lost the focus
    commit(event.target);
    if (event.target === active) { setMode("ready"); delete active.dataset.mode; }
  });
  sheet.addEventListener("compositionstart", (event) => { if (event.target === active && mode === "ready") setMode("quick"); });
  sheet.addEventListener("compositionend", (event) => { if (isField(event.target)) { grow(event.target); if (document.activeElement !== event.target) commit(event.target); else remember(event.target); } });
  sheet.addEventListener("input", (event) => {
    if (!isField(event.target)) return;
    if (event.target === active && mode === "ready") setMode("quick");
    if (question) decide(false);
    grow(event.target);
    if (!event.isComposing) remember(event.target);
  });
  sheet.addEventListener("submit", (event) => event.preventDefault());

  document.addEventListener("click", (event) => {
    const press = event.target.closest("[name=do],[data-do],[data-retry],[data-pick]");
    if (press) {
      event.preventDefault();
      const place = press.closest("td,.cell"), cell = place && place.querySelector("textarea");
      if (press.dataset.pick) pick(cell, press.dataset.pick === "1");
      else if (press.hasAttribute("data-retry")) retry(cell);
      else { toast.textContent = ""; actions[press.dataset.do || press.value](); }
      return;
    }
    const link = event.target.closest("a[href]");
    if (!link || link.hasAttribute("hx-get") || link.target || event.ctrlKey || event.shiftKey) return;
    commit(active);
    if (link.closest(".shut")) { event.preventDefault(); go(fields(link.closest("tr"))[0]); return; }
    if (queue.length && !attempts && link.origin === location.origin) { event.preventDefault(); leaving = link.href; pump(); }
  });
  document.addEventListener("submit", (event) => {
    const name = event.target.dataset.restore, cell = name && named(name);
    if (!cell) return;
    event.preventDefault();
    find("panel").close();
    cell.value = event.target.elements.value.value;
    grow(cell);
    commit(cell);
    go(cell);
  });

  document.addEventListener("logged-in", () => { isLoggedOut = false; notice.textContent = ""; attempts = 0; show(); pump(); if (active) go(active); });
  window.addEventListener("online", () => { attempts = 0; pump(); });
  window.addEventListener("focus", refresh);
  setInterval(() => { if (document.visibilityState === "visible") refresh(); }, POLL_MS);
  window.addEventListener("beforeunload", (event) => {
    if (active) commit(active);
    if (!queue.length && !stuck.size) return;
    event.preventDefault();
    event.returnValue = "";
  });
  let resized = 0;
  window.addEventListener("resize", () => { clearTimeout(resized); resized = setTimeout(() => growAll(Array.from(sheet.querySelectorAll("textarea"))), 150); });

  growAll(Array.from(sheet.querySelectorAll("textarea")));
  offer();
}());
