// <form data-once>: a second click must not send it again before the response arrives.
"use strict";

for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
  // After coming back to the page, it can be sent again.
  window.addEventListener("pageshow", () => delete form.dataset.sent);
}
