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

const asked = new WeakMap(); // how often a form was; only the answer to the last question is shown

async function redraw(form, action, source) {
  const number = (asked.get(form) ?? 0) + 1;
  asked.set(form, number);
  const sent = new FormData(form);
  const before = textOf(sent);
  sent.set("_do", action);
  form.setAttribute("aria-busy", "true");
  const back = placeOf(form, source);
  try {
    const page = await fetched(form.action, sent);
    if (number !== asked.get(form)) return;
    // What was chosen or typed since is in no answer yet.
    if (action === "redraw" && textOf(new FormData(form)) !== before) return void (await redraw(form, action, source));
    show(form, page);
    if (document.activeElement !== document.body) return; // where somebody is by now
    back().focus();
  } catch {
    if (number !== asked.get(form)) return;
    // Without the answer the button does the same with a reload.
    const button = Object.assign(document.createElement("button"), { name: "_do", value: action, hidden: true });
    form.append(button);
    form.requestSubmit(button);
  } finally {
    if (number === asked.get(form)) form.removeAttribute("aria-busy");
  }
}

const textOf = (sent) => JSON.stringify([...sent].filter(([name]) => name !== "_draft"));

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
  const at = document.activeElement;
  const { id, value, selectionStart, selectionEnd } = at; // a control that is taken away may forget them
  take(form, page.querySelector("form[data-form]"));
  document.querySelector(".form-nav")?.replaceWith(page.querySelector(".form-nav"));
  form.dispatchEvent(new CustomEvent("drawn"));
  if (id && !at.isConnected) goBack(document.getElementById(id), { value, selectionStart, selectionEnd });
}

// To the control in which one was, with what was typed there meanwhile.
function goBack(control, before) {
  control?.focus();
  if (!control?.matches("input[type=text], textarea") || control.value === before.value) return;
  control.value = before.value;
  control.setSelectionRange(before.selectionStart, before.selectionEnd);
  control.dispatchEvent(new Event("input", { bubbles: true }));
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
