// What the unit wrote before, offered under a cell while somebody types. Fetched with the first key, and the texts once with it.
// The list never has the focus and takes no key but Alt and an arrow (as in Excel): Enter, Tab and arrows do what they always do.
(function () {
  "use strict";
  const { sheet, body, root, table, all, keyOf } = window.ipweekGrid, MOST = 6;
  const store = document.getElementById("suggestions"), list = document.createElement("ul"), told = document.createElement("p");
  let cell = null, typed = "", offered = [], at = -1, isPicking = false;
  list.id = "suggest";
  list.className = "suggest";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "以前填过的");
  told.className = "visually-hidden";
  told.setAttribute("role", "status");
  sheet.append(told);

  const plain = (text) => text.normalize("NFKC").replace(/\s/g, "").toLowerCase();

  function hide() {
    if (!cell) return;
    ["aria-controls", "aria-autocomplete", "aria-activedescendant"].forEach((name) => cell.removeAttribute(name));
    list.remove();
    told.textContent = "";
    cell = null;
  }

  // What stands in the column now, then what the server knows of earlier years.
  function earlier(field) {
    const key = keyOf(field), kept = store.querySelector(`[data-key="${key}"]`);
    if (!kept) return [];
    const here = all(body, `textarea[name$=".${key}"]`).filter((other) => other !== field).map((other) => other.value.trim());
    return [...new Set([...here, ...all(kept, "li").map((one) => one.textContent)])];
  }

  function offer(field) {
    const wanted = plain(field.value), fits = wanted ? earlier(field).filter((text) => plain(text).includes(wanted) && text !== field.value) : [];
    hide();
    if (!fits.length || field !== document.activeElement || field.dataset.mode === "ready") return;
    cell = field;
    typed = field.value;
    at = -1;
    offered = [...fits.filter((text) => plain(text).startsWith(wanted)), ...fits.filter((text) => !plain(text).startsWith(wanted))].slice(0, MOST);
    list.replaceChildren(...offered.map((text, n) => {
      const one = document.createElement("li");
      one.id = `suggest-${n}`;
      one.setAttribute("role", "option");
      one.textContent = text;
      return one;
    }));
    place();
    cell.setAttribute("aria-autocomplete", "list");
    cell.setAttribute("aria-controls", list.id);
    told.textContent = `以前填过 ${offered.length} 条，按 Alt 加 ↓ 选用`;
  }

  // Under the cell, or above it near the bottom; of the page, since the table may scroll in a frame of its own.
  function place() {
    if (!cell) return;
    const box = cell.parentElement.getBoundingClientRect();
    if (!list.isConnected) sheet.append(list);
    const isLow = box.bottom + list.offsetHeight > window.innerHeight;
    list.style.top = `${isLow ? box.top - list.offsetHeight : box.bottom}px`;
    list.style.left = `${Math.max(0, Math.min(box.left, window.innerWidth - list.offsetWidth - 4))}px`;
    list.style.minWidth = `${box.width}px`;
  }

  // The text itself goes into the cell, to be committed like any other, or changed first; past the ends stands what was typed.
  function pick(n) {
    at = (n + 1 + offered.length + 1) % (offered.length + 1) - 1;
    [...list.children].forEach((one, place) => one.setAttribute("aria-selected", place === at));
    if (at < 0) cell.removeAttribute("aria-activedescendant"); else cell.setAttribute("aria-activedescendant", `suggest-${at}`);
    cell.value = at < 0 ? typed : offered[at];
    isPicking = true;
    cell.dispatchEvent(new Event("input", { bubbles: true }));
    isPicking = false;
    place();
  }

  sheet.addEventListener("input", (event) => { if (!isPicking && !event.isComposing && event.target.name) offer(event.target); });
  sheet.addEventListener("compositionend", (event) => offer(event.target));
  sheet.addEventListener("focusout", hide);
  document.addEventListener("scroll", place, true);
  window.addEventListener("resize", place);
  sheet.addEventListener("keydown", (event) => {
    const by = event.altKey && !event.shiftKey && !event.ctrlKey && { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (cell && by) {
      event.preventDefault();
      event.stopPropagation();
      pick(at + by);
    } else setTimeout(() => { if (cell && cell.dataset.mode === "ready") hide(); }, 0);
  }, true);
  list.addEventListener("mousedown", (event) => {
    const n = [...list.children].indexOf(event.target);
    event.preventDefault();  // the cell keeps the focus
    event.stopPropagation();
    if (n < 0) return;
    pick(n);
    hide();
  });

  window.htmx.ajax("GET", `${root}/tables/${table}/suggestions`, { source: store, target: store, swap: "innerHTML" })
    .then(() => { if (document.activeElement && document.activeElement.name && sheet.contains(document.activeElement)) offer(document.activeElement); })
    .catch(() => { /* without them one types all of it */ });
}());
