// A district's own columns in its table: choices to click, and the warnings of its checks under their cells.
// Warnings are asked for after a save was acknowledged, for the rows that changed, once the cursor has left them.
(function () {
  "use strict";
  const sheet = document.querySelector("form.sheet");
  if (!sheet || !window.htmx) return;
  const place = document.getElementById("local-warnings");
  const isField = (it) => it instanceof HTMLTextAreaElement && sheet.contains(it);
  const keyOf = (cell) => cell.name.slice(cell.name.indexOf(".") + 1);
  const rowOf = (cell) => cell.closest(".line").dataset.row;

  // ---- choices

  const offers = new Map();
  sheet.querySelectorAll("th[data-choices]").forEach((th) => offers.set(th.dataset.key, { choices: th.dataset.choices.split("\n"), many: th.dataset.kind === "choices" }));
  let box = null;

  function hide() {
    if (box) box.remove();
    box = null;
  }

  const chosen = (cell) => cell.value.split(/[、,，;；\n]+/).map((part) => part.trim()).filter(Boolean);

  function show(cell) {
    hide();
    const offer = offers.get(keyOf(cell));
    if (!offer) return;
    box = document.createElement("div");
    box.className = "choices";
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", "可选");
    offer.choices.forEach((choice) => {
      const button = document.createElement("button");
      button.type = "button";
      button.tabIndex = -1;
      button.textContent = choice;
      button.setAttribute("aria-pressed", String(chosen(cell).includes(choice)));
      button.addEventListener("click", () => {
        const now = chosen(cell);
        const next = !offer.many ? choice : (now.includes(choice) ? now.filter((each) => each !== choice) : [...now, choice]).join("、");
        cell.value = next;
        cell.dispatchEvent(new Event("input", { bubbles: true }));
        if (offer.many) show(cell); else hide();
      });
      box.append(button);
    });
    box.addEventListener("mousedown", (event) => { event.preventDefault(); event.stopPropagation(); });  // the cell keeps the focus
    cell.parentElement.append(box);
    dock();
  }

  // Under the cell, or above it near the bottom of the screen: the frame in which the table scrolls would cut it off.
  function dock() {
    if (!box) return;
    const cell = box.parentElement.getBoundingClientRect(), isLow = cell.bottom + box.offsetHeight > window.innerHeight;
    box.style.top = `${isLow ? cell.top - box.offsetHeight : cell.bottom}px`;
    box.style.left = `${Math.max(0, Math.min(cell.left, window.innerWidth - box.offsetWidth - 4))}px`;
  }

  if (offers.size) {
    sheet.addEventListener("focusin", (event) => { if (isField(event.target)) show(event.target); });
    sheet.addEventListener("focusout", (event) => { if (isField(event.target)) hide(); });
    document.addEventListener("scroll", dock, true);
    window.addEventListener("resize", dock);
    sheet.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); }, true);
  }

  // ---- warnings

  if (!place) return;
  const changed = new Set(), IDLE_MS = 4000;
  let timer = 0;

  function put() {
    sheet.querySelectorAll(".find.theirs").forEach((old) => old.remove());
    place.querySelectorAll("li[data-cell]").forEach((line) => {
      const cell = sheet.elements.namedItem(line.dataset.cell);
      if (!isField(cell)) return;
      const mark = cell.nextElementSibling, text = document.createElement("p");
      if ([...mark.querySelectorAll(".find")].some((each) => each.textContent === line.dataset.message)) return;
      text.className = "find C theirs";
      text.textContent = line.dataset.message;
      mark.append(text);
      cell.parentElement.classList.add("C");
    });
  }

  function ask() {
    clearTimeout(timer);
    if (!changed.size) return;
    changed.clear();
    window.htmx.ajax("GET", place.dataset.address, { target: place, swap: "innerHTML" });
  }

  document.body.addEventListener("saved", () => {
    const cell = document.activeElement;
    changed.add(isField(cell) ? rowOf(cell) : "");
    clearTimeout(timer);
    timer = setTimeout(ask, IDLE_MS);
  });
  sheet.addEventListener("focusin", (event) => {
    if (isField(event.target) && changed.size && !changed.has(rowOf(event.target))) ask();
  });
  place.addEventListener("htmx:afterSwap", put);
}());
