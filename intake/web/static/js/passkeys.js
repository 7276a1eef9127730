// Asks a passkey for what a form needs and sends the form; without it there is the password.
(() => {
  "use strict";

  if (!window.PublicKeyCredential) return;

  const bytes = (words) => Uint8Array.from(
    atob(words.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
  const words = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const known = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

  const get = async (options) => {
    const found = await navigator.credentials.get({
      publicKey: {
        ...options,
        challenge: bytes(options.challenge),
        allowCredentials: known(options.allowCredentials),
      },
    });
    const { clientDataJSON, authenticatorData, signature, userHandle } = found.response;
    return {
      id: found.id,
      rawId: words(found.rawId),
      type: found.type,
      response: {
        clientDataJSON: words(clientDataJSON),
        authenticatorData: words(authenticatorData),
        signature: words(signature),
        ...(userHandle && { userHandle: words(userHandle) }),
      },
    };
  };

  const create = async (options) => {
    const made = await navigator.credentials.create({
      publicKey: {
        ...options,
        challenge: bytes(options.challenge),
        user: { ...options.user, id: bytes(options.user.id) },
        excludeCredentials: known(options.excludeCredentials),
      },
    });
    return {
      id: made.id,
      rawId: words(made.rawId),
      type: made.type,
      response: {
        clientDataJSON: words(made.response.clientDataJSON),
        attestationObject: words(made.response.attestationObject),
        transports: made.response.getTransports?.() ?? [],
      },
    };
  };

  const told = (error, elsewhere) => {
    if (error.name === "SecurityError") {
      return `Passkeys do not work at this address. Open the desk at ${elsewhere} instead.`;
    }
    if (error.name === "InvalidStateError") return "This device holds a passkey of yours already.";
    return "No passkey was used. Try it again, or use your password.";
  };

  for (const part of document.querySelectorAll("[data-passkey]")) {
    const button = part.querySelector("button");
    const line = part.querySelector("[data-told]");
    const form = button.form;
    const ask = part.dataset.passkey === "create" ? create : get;
    part.hidden = false;
    button.addEventListener("click", async () => {
      const first = form.querySelector("[data-needed] input");
      if (first && !first.value.trim()) return first.focus();
      button.disabled = true;
      line.hidden = true;
      try {
        const answer = await ask(JSON.parse(part.dataset.options));
        part.querySelector("[data-answer]").value = JSON.stringify(answer);
        form.submit();
      } catch (error) {
        line.textContent = told(error, part.dataset.elsewhere);
        line.hidden = false;
        button.disabled = false;
      }
    });
  }
})();
