// What a script may add to the form; every page works without it.
(() => {
  "use strict";

  // The error summary takes the focus, so that a screen reader starts with it.
  document.querySelector("[data-focus]")?.focus();

  // Printing needs a script: show the button only where it works.
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }

  // Characters left, counted and written as the server does: code points, a line break as one, 1,500.
  for (const area of document.querySelectorAll("[data-counter]")) {
    const line = document.getElementById(`${area.id}-count`);
    const most = Number(area.dataset.counter);
    const format = new Intl.NumberFormat("en-US");
    const show = () => {
      const left = most - [...area.value].length;
      line.textContent = line.dataset.words.replace("{n}", format.format(Math.max(left, 0)));
      line.classList.toggle("error-text", left < 0);
    };
    let waiting;
    line.setAttribute("aria-live", "polite");
    area.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(show, 400);
    });
  }

  // A question that only follows one answer hides until that answer is chosen: data-shown-if="contact_by=call,text".
  for (const block of document.querySelectorAll("[data-shown-if]")) {
    const [name, wanted] = block.dataset.shownIf.split("=");
    const values = wanted.split(",");
    const controls = [...document.getElementsByName(name)];
    const show = () => {
      block.hidden = !controls.some((one) =>
        values.includes(one.value) && (one.checked || one.tagName === "SELECT"));
    };
    controls.forEach((one) => one.addEventListener("change", show));
    if (controls.length && !block.classList.contains("is-wrong")) show();
  }

  // One Send is enough: a second press within five seconds does nothing.
  for (const form of document.querySelectorAll("form[method=post]")) {
    let sentAt = 0;
    form.addEventListener("submit", (event) => {
      if (Date.now() - sentAt < 5000) event.preventDefault();
      else sentAt = Date.now();
    });
  }

  // Five minutes before idle answers are cleared, say so and offer to keep going.
  const form = document.querySelector("[data-idle]");
  if (form) {
    const warning = form.querySelector(".idle");
    const words = warning.querySelector("[data-words]");
    setTimeout(() => {
      words.textContent = words.dataset.words.replace("{n}", "5");
      warning.hidden = false;
    }, Math.max(Number(form.dataset.idle) - 5, 1) * 60000);
  }
})();
