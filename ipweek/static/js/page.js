// What every page needs: the CSRF token on htmx requests, and its renewal; drafts cleared after a log-out.
(function () {
  "use strict";
  const meta = document.querySelector('meta[name="csrf-token"]');

  function renew(event) {
    const token = event.detail && event.detail.token;
    if (!token) return;
    meta.content = token;
    document.querySelectorAll('input[name="csrf_token"]').forEach((field) => { field.value = token; });
  }

  document.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRFToken"] = meta.content;
  });
  document.addEventListener("logged-in", renew);
  document.addEventListener("csrf-renew", renew);

  // A page that says data-clear-drafts stands after a log-out: drafts may hold phone numbers.
  if (document.querySelector("[data-clear-drafts]")) {
    try { Object.keys(localStorage).filter((key) => key.startsWith("ipweek:")).forEach((key) => localStorage.removeItem(key)); } catch (error) { /* storage is off: nothing is kept */ }
  }
  document.querySelectorAll("[data-print]").forEach((button) => button.addEventListener("click", () => window.print()));
}());
