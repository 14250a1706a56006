// The record as it is after a change, in the page that is open: everything but the fields that are being changed.
"use strict";

import { ask } from "./asking.js";
import { close, focusPencil, open, put } from "./slots.js";

// Puts the record of another page into this one; `name` is the field whose change is told.
export function renew(page, name) {
  const [old, fresh] = [document.querySelector("[data-record]"), document.importNode(page.querySelector("[data-record]"), true)];
  const at = document.activeElement;
  const folds = [...old.querySelectorAll("details.fold")].map((one) => one.open);
  old.after(fresh);
  // The same places for a moment twice: forms are taken out of the old ones before they are put into the new ones.
  const forms = open();
  for (const form of forms) close(form);
  old.remove();
  fresh.querySelectorAll("details.fold").forEach((one, number) => (one.open = Boolean(folds[number])));
  for (const form of forms) put(form, fresh);
  if (at?.isConnected && at !== document.body) at.focus();
  document.title = page.title;
  document.querySelector(".crumbs [aria-current]")?.replaceWith(document.importNode(page.querySelector(".crumbs [aria-current]"), true));
  tell(page, name);
}

// What was done, with its Undo, at the edge of the window: nothing on the page moves.
function tell(page, name) {
  const place = document.getElementById("told") ?? made();
  const notices = [...page.querySelectorAll("[data-notices] .notice")].map((one) => document.importNode(one, true));
  for (const one of notices) one.removeAttribute("role"); // the place says it
  const shut = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-ghost btn-sm", textContent: "Close" });
  shut.addEventListener("click", () => (place.replaceChildren(), focusPencil(name)));
  notices.at(-1)?.append(shut);
  place.replaceChildren(...notices);
  for (const form of place.querySelectorAll("form")) {
    form.addEventListener("submit", (event) => (event.preventDefault(), undo(form, name)));
  }
}

function made() {
  const place = Object.assign(document.createElement("div"), { id: "told", className: "told" });
  place.setAttribute("role", "status");
  document.querySelector("main .page").append(place);
  return place;
}

async function undo(form, name) {
  const answer = await ask(form.action, new FormData(form));
  if (!answer.page?.querySelector("[data-record]")) return form.submit(); // what stands in the way is a page of its own
  renew(answer.page, name);
  focusPencil(name);
}

// Why nothing was saved, in words, if the server has none of its own beside the control.
export function say({ status, page }) {
  if (!status) return "The server did not answer. What you typed is still here: try again.";
  if (status === 404) return "This record is not there any more.";
  if (status === 403) return "You may not change this any more.";
  if (page?.querySelector('input[type="password"]')) return "You were signed out. Sign in in another window, then save again.";
  return "This was not saved. What you typed is still here: try again.";
}
