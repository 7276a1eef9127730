// Looks every 15 seconds whether the health page has changed; without a script there is Refresh.
(() => {
  "use strict";

  const live = document.querySelector("[data-watch]");
  const checked = document.querySelector("[data-checked]");
  if (!live || !checked) return;
  let etag = live.dataset.watch;
  let timer = 0;

  const stamp = () => {
    checked.textContent = new Date().toLocaleTimeString("en-US", {
      hour: "numeric", minute: "2-digit", second: "2-digit", timeZone: checked.dataset.checked,
    }).toLowerCase();
  };

  const stop = (words) => {
    clearInterval(timer);
    checked.textContent = words;
  };

  // A document that XMLHttpRequest parsed runs no script, and nothing here is made from text.
  const take = (request) => {
    const fresh = request.status === 200 && request.response?.querySelector("[data-watch]");
    if (request.status === 304) return stamp();
    if (!fresh) return stop("not any more: load the page again");
    etag = fresh.dataset.watch;
    live.replaceChildren(...fresh.childNodes);
    stamp();
  };

  const look = () => {
    // Whoever is on a button or link in there keeps their place.
    if (document.hidden || live.contains(document.activeElement)) return;
    const request = new XMLHttpRequest();
    request.open("GET", location.pathname);
    request.responseType = "document";
    request.setRequestHeader("If-None-Match", etag);
    request.setRequestHeader("X-Intake-Watch", "1");
    request.addEventListener("load", () => take(request));
    request.addEventListener("error", () => { checked.textContent = "no answer just now"; });
    request.send();
  };

  timer = setInterval(look, 15000);
})();
