// Passkeys, printing, sending once, and waiting until a code can be sent again.
"use strict";

const REFUSED = "No passkey was used. Try again, or use another method.";

function tell(place, text) {
  place.textContent = text;
  place.hidden = !text;
}

// The browser's response to the server's challenge; null, with a message, if the user or the browser refuses.
async function answer(ceremony, options, place) {
  tell(place, "");
  if (!window.PublicKeyCredential) {
    tell(place, "This browser does not support passkeys.");
    return null;
  }
  try {
    return JSON.stringify(await window.webauthnJSON[ceremony](options));
  } catch (error) {
    const known = error.name === "InvalidStateError" && ceremony === "create";
    tell(place, known ? "This device already has a passkey for your account." : REFUSED);
    return null;
  }
}

// <form data-once>: a second click is ignored, since only the first response shows the backup codes.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!("once" in form.dataset)) return;
  if (form.dataset.once === "sent") event.preventDefault();
  form.dataset.once = "sent";
});

// <form data-passkey="create|get" data-options="…">: asks the browser first, then is sent.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  const ceremony = form.dataset.passkey;
  if (!ceremony) return;
  event.preventDefault();
  const credential = await answer(ceremony, JSON.parse(form.dataset.options), form.querySelector("[data-problem]"));
  if (credential === null) return;
  form.elements.credential.value = credential;
  form.submit();
});

// <div data-passkey-sign-in="address">: signs in without a password, inside or next to the form with one.
for (const corner of document.querySelectorAll("[data-passkey-sign-in]")) {
  corner.hidden = !window.PublicKeyCredential;
  corner.querySelector("button").addEventListener("click", async () => {
    const place = corner.querySelector("[data-problem]");
    const address = corner.dataset.passkeySignIn;
    const asked = await fetch(address, { headers: { Accept: "application/json" } });
    if (!asked.ok || asked.redirected) {
      tell(place, REFUSED);
      return;
    }
    const { request_options: options } = await asked.json();
    const credential = await answer("get", options, place);
    if (credential !== null) send(address, { credential, ...carried() });
  });
}

// Sent with it: proof that the page is ours, and where the user wanted to go.
function carried() {
  const next = new URLSearchParams(window.location.search).get("next");
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  return next ? { csrfmiddlewaretoken: token, next } : { csrfmiddlewaretoken: token };
}

function send(address, values) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = address;
  for (const [name, value] of Object.entries(values)) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    field.value = value;
    form.append(field);
  }
  document.body.append(form);
  form.submit();
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});

// <button data-wait="42">: disabled for that many seconds, and says so.
for (const button of document.querySelectorAll("button[data-wait]")) {
  const label = button.textContent;
  let left = Number(button.dataset.wait);
  const show = () => {
    button.disabled = left > 0;
    button.textContent = left > 0 ? `${label} (in ${left} s)` : label;
    if (left-- > 0) setTimeout(show, 1000);
  };
  show();
}
