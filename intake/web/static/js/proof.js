// Where the clinic turned it on: the browser does a small calculation while the person reads.
// Nothing waits for it, and nothing is to be done: Send works before it is ready, and without it.
const line = document.querySelector("[data-challenge]");
const form = document.getElementById("answers");
const altcha = globalThis.$altcha;

if (line && form && altcha) {
  altcha.algorithms.set("PBKDF2/SHA-256", () => new Worker(line.dataset.worker));
  altcha.defaults.set({
    auto: "onload",
    challenge: line.dataset.challenge,
    display: "invisible",
    fetch: (address) => fetch(address, {
      method: "POST",
      body: new URLSearchParams({ form_token: form.elements.form_token.value }),
    }),
    hideFooter: true,
    hideLogo: true,
    // It would note how somebody moves and scrolls.
    humanInteractionSignature: false,
    minDuration: 0,
    // One core: an old phone keeps the others for its reader.
    workers: 1,
  });
  const widget = document.createElement("altcha-widget");
  widget.hidden = true;
  form.append(widget);
  line.hidden = false;
}
