// The mouse, and what else the browser tells.

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
  if (event.target.closest(".rows th")) load("drag");
  const place = isDragging && event.target.closest(".rows td");
  if (!place) return;
  open([place.parentElement]);
  if (place.firstElementChild !== head) extendTo(place.firstElementChild);
});
document.addEventListener("mouseup", () => { isDragging = false; });

sheet.addEventListener("focusin", (event) => { if (isField(event.target) && !(event.target === active && isEditing())) arrive(event.target); });
sheet.addEventListener("focusout", (event) => {
  if (!isField(event.target) || document.activeElement === event.target) return;  // only the window lost it
  commit(event.target);
  if (event.target === active) { setMode("ready"); delete active.dataset.mode; }
});
sheet.addEventListener("compositionstart", () => { load("suggest"); if (mode === "ready") setMode("quick"); });
sheet.addEventListener("compositionend", (event) => {  // no input event follows it in Chromium
  grow([event.target]);
  if (document.activeElement === event.target) remember(event.target); else commit(event.target);
});
sheet.addEventListener("input", (event) => {
  if (!isField(event.target)) return;
  load("suggest");
  if (mode === "ready") setMode("quick");
  if (question) { question = null; ask.textContent = ""; }
  if (event.target.scrollHeight > event.target.clientHeight) grow([event.target]);  // it shrinks when it is committed
  if (!event.isComposing) remember(event.target);
});
sheet.addEventListener("submit", (event) => event.preventDefault());

document.addEventListener("click", (event) => {
  const press = event.target.closest("[name=do],[data-do],[data-retry],[data-pick]"), link = event.target.closest("a[href]");
  if (press) {
    const place = press.closest("td,.cell"), cell = place && place.querySelector("textarea");
    event.preventDefault();
    toast.textContent = "";
    sheet.querySelector("details").open = false;
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
document.addEventListener("submit", (event) => {  // 改回, in a history
  const cell = event.target.dataset.restore && reach(event.target.dataset.restore);
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
  const [, row, key] = /^#cell-(\d+)-(.+)$/.exec(decodeURIComponent(location.hash)) || [];  // row 0 is above the table
  const cell = key && reach(`${row === "0" ? top.dataset.row : row}.${key}`);
  if (!cell) return;
  go(cell);
  cell.scrollIntoView({ block: "center", inline: "nearest" });
  flash([cell]);
}
window.addEventListener("hashchange", follow);
