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
  const reach = (name) => { const line = find(`row-${name.split(".")[0]}`); if (line) fields(line); return named(name); };  // in a shut row too
  const isBlank = (line) => line.classList.contains("blank"), isClash = (cell) => stuck.has(cell) && stuck.get(cell).theirs !== undefined;
  const state = (cell, name) => { cell.parentElement.dataset.state = name; };
  const numbered = () => [...body.rows].filter((line) => !isBlank(line));

  // @part grid/rows.js
  // @part grid/focus.js
  // @part grid/edits.js
  // @part grid/drafts.js
  // @part grid/queue.js
  // @part grid/merging.js
  // @part grid/actions.js
  // @part grid/keys.js
  // @part grid/mouse.js

  // What is fetched when it is first needed (suggest.js, drag.js, recover.js), or where there is an earlier year (last_year.js), works with these.
  window.ipweekGrid = { sheet, body, root, table, all, fields, keyOf, reach, set, state, go, fillBlank, apply, commit, put, cellsOf, drop, newId, left: drafts(() => {}), activeCell: () => active };
  function load(name) {
    const script = document.createElement("script"), style = document.createElement("link");
    if (!sheet.dataset[name]) return;
    script.src = sheet.dataset[name];
    style.rel = "stylesheet";
    style.href = sheet.dataset.later;
    delete sheet.dataset[name];
    document.head.append(script, style);
  }

  grow(all(sheet, "textarea"));
  if (window.ipweekGrid.left.length) load("recover");
  follow();
  // Somebody was quicker than this script: what stands in the cells is his, and he goes on typing in the last of them.
  const quick = document.activeElement;
  all(sheet, "textarea").forEach((cell) => { if (cell !== quick) commit(cell); });
  if (isField(quick)) {
    arrive(quick);
    if (quick.value !== quick.defaultValue) ready.F2();
  }
}());
