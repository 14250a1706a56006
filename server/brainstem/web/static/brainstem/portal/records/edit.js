// Fields of a record are changed where their values stand. The form comes from the server, is the one of the form's page
// with one field, and is saved alone. Without this the pencils lead to the form.
"use strict";

import { textOf } from "../forms/leave.js";
import { wire } from "../forms/wire.js";
import { ask, styled } from "./asking.js";
import { renew, say } from "./renewing.js";
import { close, focusPencil, formOf, open, put } from "./slots.js";

const ONE_LINE = "input:not([type=hidden]), select, textarea:not([hidden]), [data-rich-view]:not([hidden]), [contenteditable]";
const drawn = new WeakMap(); // form -> what it held when it was opened

// The form of a field, in the place of its value.
export async function edit(pencil) {
  const name = pencil.dataset.edit;
  if (pencil.getAttribute("aria-busy") || formOf(name)) return enter(formOf(name));
  pencil.setAttribute("aria-busy", "true");
  const url = new URL(`../field/?name=${encodeURIComponent(name)}`, pencil.href);
  const [answer] = await Promise.all([ask(url), styled()]);
  pencil.removeAttribute("aria-busy");
  const form = answer.page?.querySelector("form[data-in-place]");
  if (!form) return follow(pencil);
  document.documentElement.classList.add("scripted");
  begin(document.importNode(form, true));
}

function begin(form) {
  put(form);
  wire(form);
  drawn.set(form, textOf(form));
  form.addEventListener("submit", (event) => (event.preventDefault(), save(form)));
  form.addEventListener("keydown", (event) => keys(event, form));
  form.querySelector("[data-cancel]").addEventListener("click", (event) => (event.preventDefault(), cancel(form)));
  enter(form);
}

// As the link that it is: the whole form.
function follow(pencil) {
  pencil.removeAttribute("data-edit");
  pencil.click();
}

function enter(form) {
  const chosen = form?.querySelector("[data-redrawn] :is(input[type=radio]:checked, [aria-invalid=true])");
  const first = chosen ?? form?.querySelector("[data-redrawn]")?.querySelector(ONE_LINE) ?? form?.querySelector("button:not(.form-default)");
  first?.focus();
  if (first?.matches("[type=text], textarea")) first.setSelectionRange(first.value.length, first.value.length);
}

function keys(event, form) {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    save(form);
  } else if (event.key === "Escape" && !event.defaultPrevented && !event.isComposing) {
    if (event.target.closest(".rich-bar, dialog, [popover]")) return; // it closes what it is in
    event.preventDefault();
    event.stopPropagation();
    cancel(form);
  }
}

function cancel(form) {
  close(form);
  focusPencil(form.dataset.inPlace);
}

async function save(form) {
  if (form.getAttribute("aria-busy")) return;
  const sent = new FormData(form);
  sent.set("_do", "save");
  form.setAttribute("aria-busy", "true");
  const answer = await ask(form.action, sent);
  form.removeAttribute("aria-busy");
  const name = form.dataset.inPlace;
  if (answer.page?.querySelector("[data-record]")) {
    const here = form.contains(document.activeElement) || document.activeElement === document.body;
    close(form);
    renew(answer.page, name);
    if (here) focusPencil(name);
    return;
  }
  refuse(form, answer);
}

// What was wrong stands beside the control, with what was typed and the files that were chosen.
function refuse(form, answer) {
  const drawnAgain = answer.page?.querySelector("form[data-in-place]");
  if (!drawnAgain) {
    form.querySelector("[data-refusal]").textContent = say(answer);
    return form.querySelector("[data-cancel]").previousElementSibling.focus();
  }
  form.querySelector("[data-refusal]").textContent = "";
  import("../forms/redraw.js").then(({ show }) => {
    show(form, answer.page);
    enter(form);
  });
}

// Nobody leaves the page with something typed without being asked.
window.addEventListener("beforeunload", (event) => {
  if (open().some((form) => textOf(form) !== drawn.get(form))) event.preventDefault();
});
