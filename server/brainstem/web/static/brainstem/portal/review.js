// Handing a proposal back needs a comment: the button leads there first. The server says the same without this.
"use strict";

const form = document.getElementById("decide");
const comment = form.elements.comment;

form.addEventListener("click", (event) => {
  if (!event.target.closest("[data-needs-comment]") || comment.value.trim()) return;
  event.preventDefault();
  comment.setCustomValidity("Say what needs to be revised.");
  comment.reportValidity();
  comment.focus();
});
comment.addEventListener("input", () => comment.setCustomValidity(""));
// The validity is about that one button; the others may send the form without a comment.
comment.addEventListener("blur", () => comment.setCustomValidity(""));
