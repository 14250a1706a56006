// A type or another choice on which controls depend was changed: the server draws the form again, with all that was typed.

import { fetched } from "../../ui/documents.js";

export function listenToRedraws(form) {
  form.addEventListener("change", (event) => {
    if (event.target.matches("[data-redraws]")) redraw(form, "redraw", event.target);
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=_do]");
    if (!button || event.defaultPrevented || ["save", "another"].includes(button.value)) return;
    event.preventDefault();
    redraw(form, button.value, button);
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("[data-search]")) return;
    event.preventDefault();
    redraw(form, "redraw", event.target);
  });
}

async function redraw(form, action, source) {
  const sent = new FormData(form);
  sent.set("_do", action);
  form.setAttribute("aria-busy", "true");
  const back = placeOf(form, source);
  try {
    show(form, await fetched(form.action, sent));
    back().focus();
  } catch {
    // Without the answer the button does the same with a reload.
    const button = Object.assign(document.createElement("button"), { name: "_do", value: action, hidden: true });
    form.append(button);
    form.requestSubmit(button);
  } finally {
    form.removeAttribute("aria-busy");
  }
}

// Finds the control again when the form was drawn anew, or what it stood in.
function placeOf(form, source) {
  const { id, name, value } = source;
  const around = [];
  for (let one = source.parentElement; one !== form; one = one.parentElement) if (one.id) around.push(one.id);
  const button = `button[name="${CSS.escape(name)}"][value="${CSS.escape(value)}"]`;
  return () => {
    const same = id ? document.getElementById(id) : form.querySelector(source.matches("button") ? button : `[name="${CSS.escape(name)}"]`);
    const beside = around.map((one) => document.getElementById(one)).find(Boolean);
    return same ?? (beside?.matches("[tabindex]") ? beside : beside?.querySelector("input:not([type=hidden]), select, textarea, button")) ?? form.querySelector(".form-foot button, .in-place-foot button");
  };
}

// Puts the form of another page into this one. Files that were chosen stay chosen.
export function show(form, page) {
  take(form, page.querySelector("form[data-form]"));
  document.querySelector(".form-nav")?.replaceWith(page.querySelector(".form-nav"));
  form.dispatchEvent(new CustomEvent("drawn"));
}

function take(form, page) {
  const files = [...form.querySelectorAll("input[type=file]")].filter((input) => input.files.length);
  for (const hidden of [...form.children].filter((one) => one.matches("input[type=hidden]"))) hidden.remove();
  form.prepend(...[...page.children].filter((one) => one.matches("input[type=hidden]")));
  form.querySelector("[data-redrawn]").replaceWith(page.querySelector("[data-redrawn]"));
  for (const input of files) {
    const drawn = document.getElementById(input.id);
    drawn?.closest(".field").querySelector("[data-again]")?.remove();
    drawn?.replaceWith(input);
  }
}
