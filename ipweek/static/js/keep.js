// A long form that is sent as a whole: nothing typed in it is lost by leaving the page, by a log-in that ended while
// somebody wrote, or by a server that is away. Takes forms that say data-keep; "unsaved" where the server refused what stands there.
(function () {
  "use strict";
  document.querySelectorAll("form[data-keep]").forEach((form) => {
    const notice = document.getElementById("notice");
    let isChanged = form.dataset.keep === "unsaved", isSure = false, isAsking = false, pressed = null;

    function say(words) {
      const line = document.createElement("p");
      line.className = "note error";
      line.textContent = words;
      notice.replaceChildren(line);
      notice.scrollIntoView({ block: "center" });
    }
    function send() {
      isSure = true;
      form.requestSubmit(pressed);
      isSure = false;
    }

    ["input", "change"].forEach((name) => form.addEventListener(name, () => { isChanged = true; }));
    window.addEventListener("beforeunload", (event) => {
      if (!isChanged) return;
      event.preventDefault();
      event.returnValue = "";
    });
    form.addEventListener("submit", (event) => {
      if (isSure) { isChanged = false; return; }
      event.preventDefault();
      if (isAsking) return;
      isAsking = true;
      pressed = event.submitter;
      fetch("/account", { method: "HEAD", headers: { "HX-Request": "true" } }).then((answer) => {
        if (answer.status === 401) window.htmx.ajax("GET", "/account", { target: "#notice" });  // the log-in box, over what was written
        else send();
      }).catch(() => say("现在连不上服务器，没有保存。填写的内容还在本页，请稍后再按一次。"))
        .finally(() => { isAsking = false; });
    });
    document.addEventListener("logged-in", () => setTimeout(() => { if (pressed) send(); }));  // after page.js has renewed the token
  });
}());
