// The places of a record's page in which its values stand, and in which a field is changed.
"use strict";

export const formOf = (name) => document.querySelector(`form[data-in-place="${CSS.escape(name)}"]`);
export const pencilOf = (name) => document.querySelector(`[data-edit="${CSS.escape(name)}"]`);
export const open = () => [...document.querySelectorAll("form[data-in-place]")];

function slotOf(name, within = document) {
  const found = within.querySelector(`[data-slot~="${CSS.escape(name)}"]`);
  return found?.matches("dl") ? found.querySelector("dd") : found;
}

// Shows a form in the place of a value, which comes back with it.
export function put(form, within = document) {
  const name = form.dataset.inPlace;
  const slot = slotOf(name, within) ?? within.querySelector(".card-body").appendChild(document.createElement("div")); // gone meanwhile
  const kept = Object.assign(document.createElement("div"), { hidden: true, className: "kept-value" });
  kept.append(...slot.childNodes);
  slot.append(kept, form);
  slot.classList.add("is-open");
  slot.closest("details")?.setAttribute("open", "");
  pencilOf(name)?.toggleAttribute("hidden", true);
}

// Shows the value again.
export function close(form) {
  const slot = form.parentElement;
  const kept = slot.querySelector(":scope > .kept-value");
  form.remove();
  slot.replaceChildren(...kept.childNodes);
  slot.classList.remove("is-open");
  pencilOf(form.dataset.inPlace)?.removeAttribute("hidden");
}

// To the button that opens a field, wherever its value stands now; to the head of the record if it has none any more.
export function focusPencil(name) {
  const pencil = pencilOf(name);
  const fold = pencil?.closest("details:not([open])");
  if (fold) fold.open = true;
  (pencil ?? document.getElementById("main")).focus({ preventScroll: !fold });
  pencil?.scrollIntoView({ block: "nearest" });
}
