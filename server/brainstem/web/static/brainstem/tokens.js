// <form data-once>: a second click must not send it again before the answer is there.
"use strict";

for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
  // Who comes back to the page may send it.
  window.addEventListener("pageshow", () => delete form.dataset.sent);
}
