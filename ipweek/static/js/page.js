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
  function drafts() {
    try { return Object.keys(localStorage).filter((key) => key.startsWith("ipweek:")); } catch (error) { return []; }  // storage is off: nothing is kept
  }
  if (document.querySelector("[data-clear-drafts]")) drafts().forEach((key) => localStorage.removeItem(key));
  document.querySelectorAll("form[action$='/logout']").forEach((form) => form.addEventListener("submit", (event) => {
    if (drafts().length && !window.confirm("还有填写的内容没有保存到服务器，退出登录会清除它们。确定退出吗？")) event.preventDefault();
  }));

  // A dialog opens when something was put into it. The log-in box takes the focus, but not from somebody who types in the table.
  document.addEventListener("htmx:afterSettle", (event) => {
    const first = document.querySelector("#log-in-box [data-focus]");
    if (first && !document.activeElement.closest("#log-in-box,.sheet")) first.focus();
    const dialog = event.target.closest && event.target.closest("dialog");
    if (dialog && !dialog.open) dialog.showModal();
  });

  // What the server says in passing goes away by itself, unless somebody is at it.
  const toast = document.getElementById("toast");
  let leaves = 0;
  function fade() { if (toast.matches(":hover,:focus-within")) leaves = setTimeout(fade, 2000); else toast.textContent = ""; }
  ["htmx:oobAfterSwap", "said"].forEach((name) => document.addEventListener(name, () => { clearTimeout(leaves); leaves = setTimeout(fade, 10000); }));

  document.querySelectorAll("[data-dismiss]").forEach((button) => button.addEventListener("click", () => {
    document.getElementById(button.dataset.dismiss).remove();
    document.cookie = `seen-${button.dataset.dismiss}=1; max-age=31536000; path=/; samesite=lax`;
  }));
  document.querySelectorAll("[data-copy]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => {  // navigator.clipboard does not exist on plain http
      document.getElementById(button.dataset.copy).select();
      if (document.execCommand("copy")) button.textContent = "已复制";
    });
  });
  document.querySelectorAll("[data-print]").forEach((button) => button.addEventListener("click", () => window.print()));
}());
