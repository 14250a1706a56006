// What can be done with the record of a row, in a dialog: what the head of its own page offers to this person.
"use strict";

import { ask } from "../portal/records/asking.js";

const OFFERED = ".page-head .actions > a, .page-head .popup > :not(.only-phone)";

export async function offer(link) {
  const { page } = await ask(link.href);
  const found = page?.querySelector("[data-record]");
  if (!found) return link.click();
  const dialog = Object.assign(document.createElement("dialog"), { className: "dialog" });
  dialog.ariaLabel = `Actions of ${link.textContent.trim()}`;
  const menu = Object.assign(document.createElement("div"), { className: "menu menu-flat" });
  menu.append(Object.assign(link.cloneNode(), { className: "", textContent: "Open", autofocus: true }), ...found.querySelectorAll(OFFERED));
  for (const one of menu.querySelectorAll("a")) one.className = one.matches(".danger") ? "danger" : "";
  for (const one of menu.querySelectorAll("[aria-keyshortcuts]")) one.removeAttribute("aria-keyshortcuts"); // keys rest in a dialog
  for (const one of menu.querySelectorAll("kbd")) one.remove();
  for (const one of menu.querySelectorAll("[name=next]")) one.value = location.pathname + location.search;
  const close = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm", textContent: "Close" });
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => setTimeout(() => dialog.remove())); // after the focus went back to the row
  dialog.append(Object.assign(document.createElement("h2"), { textContent: link.textContent.trim() }), menu, close);
  document.body.append(dialog);
  dialog.showModal();
}
