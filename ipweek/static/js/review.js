// 退回修改 on the review page: a note for each place that is ticked in the table. The newest stands in the bar, the others behind one press.
(function () {
  "use strict";
  const notes = document.getElementById("flag-notes"), all = document.getElementById("all-marks"), none = document.getElementById("no-marks");
  const panel = notes.closest(".give-back"), boxes = [...document.querySelectorAll('input[name="flag"]')];
  const nameOf = (box) => box.getAttribute("aria-label").replace("标出", "");

  function count() {
    const lines = notes.children.length;
    none.hidden = lines > 0;
    all.hidden = !lines;
    all.textContent = `共 ${lines} 处${all.getAttribute("aria-expanded") === "true" ? " ▾" : " ▸"}`;
  }
  function show(every) {
    all.setAttribute("aria-expanded", every);
    notes.classList.toggle("newest", !every);
    count();
  }
  function note(box) {
    const old = document.getElementById(`note-${box.value}`);
    if (box.checked && !old) {
      const line = document.createElement("label"), field = document.createElement("input");
      line.id = `note-${box.value}`;
      field.name = `note:${box.value}`;
      field.maxLength = 500;
      field.autocomplete = "off";
      field.placeholder = "这一处的意见，可以不写";
      line.append(`${nameOf(box)}：`, field);
      notes.prepend(line);
    } else if (old && !box.checked) old.remove();
    count();
  }
  // The boxes in the table belong to the panel: they stand there while it is open, and the other presses step back.
  function mark() {
    document.documentElement.classList.toggle("not-marking", !panel.open);
    document.documentElement.classList.toggle("marking", panel.open);
  }

  boxes.filter((box) => box.checked).forEach((box) => {
    const line = document.getElementById(`note-${box.value}`);
    if (line) line.firstChild.textContent = `${nameOf(box)}：`;
  });
  boxes.forEach((box) => box.addEventListener("change", () => note(box)));
  all.addEventListener("click", () => show(all.getAttribute("aria-expanded") !== "true"));
  panel.addEventListener("toggle", mark);
  show(false);
  mark();
}());
