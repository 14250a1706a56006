// Whoever leaves a form with something in it that is not saved is asked first.

export function guard(form) {
  const before = textOf(form);
  // A form that was refused, or asks about a conflict, holds what was typed before.
  const unsaved = Boolean(document.getElementById("problems") || form.querySelector(".conflict"));
  let saving = false;
  form.addEventListener("submit", () => (saving = true));
  form.addEventListener("refused", () => (saving = false));
  window.addEventListener("pageshow", () => (saving = false));
  window.addEventListener("beforeunload", (event) => {
    if (!saving && (unsaved || textOf(form) !== before)) event.preventDefault();
  });
}

// What would be sent, without what only the form itself needs.
export function textOf(form) {
  const pairs = [...new FormData(form)].filter(([name]) => !name.startsWith("_") && name !== "csrfmiddlewaretoken");
  return JSON.stringify(pairs.map(([name, value]) => [name, value instanceof File ? `${value.name} ${value.size}` : value]));
}
