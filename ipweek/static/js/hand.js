// The office's presses above a table that it fills or mends for a unit wait until the last cell is saved, as the links there do.
(function () {
  "use strict";
  const state = document.getElementById("save-state");
  if (!state) return;
  document.querySelectorAll("form[data-wait]").forEach((form) => form.addEventListener("submit", (event) => {
    if (!state.classList.contains("saving")) return;
    const pressed = event.submitter;
    event.preventDefault();
    const watch = new MutationObserver(() => {
      if (state.classList.contains("saving")) return;
      watch.disconnect();
      if (state.classList.contains("saved")) form.requestSubmit(pressed);  // else the table says what is wrong, and where
    });
    watch.observe(state, { attributes: true });
  }));
}());
