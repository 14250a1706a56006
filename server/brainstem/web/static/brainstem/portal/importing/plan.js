// The plan of an import: what is corrected is checked at once, in the page; progress is followed without loading it anew.
"use strict";

import { ask } from "../../ui/documents.js";

const EVERY_MS = 1500;
const LATER_MS = 5000;
let isBusy = false;

const plan = () => document.getElementById("plan");
const isDirty = (control) => control.value !== control.defaultValue;
const cells = () => [...plan().querySelectorAll("[data-cells] :is(input, textarea)[name^='c-']")];

// Put the plan of another document into this one. What is being typed stays, and so does the place of the focus.
function put(page, sent = new Map()) {
  const fresh = page?.getElementById("plan");
  if (!fresh) return false;
  const typed = cells().filter((one) => isDirty(one) && sent.get(one.name) !== one.value);
  const kept = new Map(typed.map((one) => [one.name, one.value]));
  const focused = document.activeElement?.id;
  const selection = document.activeElement?.selectionStart;
  plan().replaceWith(document.adoptNode(fresh));
  for (const one of cells()) if (kept.has(one.name)) one.value = kept.get(one.name);
  const at = document.getElementById(focused) ?? nearest(focused);
  at?.focus({ preventScroll: true });
  if (at?.id === focused && typeof selection === "number") at.setSelectionRange?.(selection, selection);
  const old = document.querySelector(".page > .notice");
  const told = page.querySelector(".page > .notice");
  if (told) old ? old.replaceWith(document.adoptNode(told)) : document.querySelector(".page").prepend(document.adoptNode(told));
  else old?.remove();
  return true;
}

// Where one goes on when the control is gone: the next thing that is wrong, else the rows. Not the button that imports:
// whoever presses Enter once more must not import by that.
function nearest(id) {
  if (!id) return null;
  return plan().querySelector("[aria-invalid='true']") ?? plan().querySelector(".view[aria-current]");
}

async function send(form, button) {
  if (isBusy) return;
  isBusy = true;
  plan().setAttribute("aria-busy", "true");
  const data = new FormData(form, button);
  const sent = new Map(data);
  const { status, page } = await ask(form.action, data).answer;
  isBusy = false;
  if (status && put(page, sent)) return follow();
  plan().removeAttribute("aria-busy");
  form.submit(); // the browser says what is wrong with the server or the connection
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("#plan [data-swap]") || event.defaultPrevented) return;
  event.preventDefault();
  send(form, event.submitter?.name ? event.submitter : null);
});

// A cell that was changed is checked as soon as it is left, unless the table is so long that this takes a while.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-automatic] [data-cells] [name^='c-'][aria-invalid]")) send(event.target.form);
});

// A row to edit opens in its place.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("#plan .r-end a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || isBusy) return;
  event.preventDefault();
  const { page } = await ask(link.href).answer;
  const row = link.closest("tr").id;
  const url = new URL(link.href);
  if (put(page)) document.getElementById(row)?.querySelector("[name^='c-']")?.focus();
  else if (url.origin === location.origin) location.assign(url);
});

function follow() {
  if (plan().dataset.working === undefined) return;
  setTimeout(async () => {
    const { status, page } = await ask(location.href).answer;
    if (!status) return setTimeout(follow, LATER_MS);
    put(page);
    follow();
  }, EVERY_MS);
}
follow();
