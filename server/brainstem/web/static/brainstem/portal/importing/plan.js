// The plan of an import: what is corrected is checked at once, in the page; progress is followed without loading it anew.
"use strict";

import { ask } from "../../ui/documents.js";

const EVERY_MS = 1500;
const LATER_MS = 5000;
const RELEASED_MS = 20;
const waiting = []; // forms that were sent, the first of which is being answered
let isDown = false; // a button of the mouse, or a finger

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

// What is sent while another answer is awaited is sent after it: pressing a button right after typing does both.
async function send(form, button) {
  waiting.push({ form, data: new FormData(form, button) });
  if (waiting.length > 1) return;
  while (waiting.length) {
    plan().setAttribute("aria-busy", "true");
    const { form: asked, data } = waiting[0];
    const { status, page } = await ask(asked.action, data).answer;
    while (isDown) await new Promise((resolve) => setTimeout(resolve, RELEASED_MS)); // or the button would go before it is pressed
    const isPut = status && put(page, new Map(data)); // by which a cell may lose the focus, and ask to be checked
    waiting.shift();
    if (isPut) continue;
    waiting.length = 0;
    plan().removeAttribute("aria-busy");
    // The browser says what is wrong with the server or the connection.
    if (asked.isConnected) asked.submit();
    else location.reload();
    return;
  }
  follow();
}

for (const kind of ["pointerdown", "pointerup", "pointercancel"]) {
  document.addEventListener(kind, () => (isDown = kind === "pointerdown"), true);
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
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || waiting.length) return;
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
