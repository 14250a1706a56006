// What single keys do.
"use strict";

import { fetched } from "./documents.js";

const seen = (one) => one.offsetParent !== null;
let led = 0; // when g was pressed

// A link in a closed menu can be used, too.
const usable = (one) => seen(one) || Boolean(one.closest("details.drop:not([open])")?.checkVisibility());

// What names the key is pressed: a button, a link, or the words of a menu.
function named(key) {
  const one = [...document.querySelectorAll(`[aria-keyshortcuts~="${CSS.escape(key)}"]`)].find(usable);
  one?.click();
  if (one?.matches("summary")) [...one.parentElement.querySelectorAll(".popup :is(a, button, input:not([type=hidden]))")].find(seen)?.focus();
}

async function list(link) {
  const known = document.getElementById("keys-dialog");
  if (known) return known.showModal();
  try {
    const page = await fetched(link.href);
    const dialog = Object.assign(document.createElement("dialog"), { id: "keys-dialog", className: "dialog" });
    dialog.setAttribute("aria-label", "Keyboard");
    const close = Object.assign(document.createElement("button"), { className: "btn", textContent: "Close", autofocus: true });
    close.addEventListener("click", () => dialog.close());
    dialog.append(close, page.querySelector("[data-keys-list]"));
    document.body.append(dialog);
    dialog.showModal();
  } catch {
    link.click();
  }
}

// Rows of a list, or entries of a history, by the link on which one stops.
const rows = () => [...document.querySelectorAll("main .table-rows tbody .name, main .history > li")].map((one) => (one.matches("li") ? one.querySelector("p a, .actions :is(a, button)") : one)).filter(Boolean);

function walk(by) {
  const every = rows();
  const within = document.activeElement.closest("tr, .history > li");
  const at = every.findIndex((one) => within?.contains(one));
  const next = every[at < 0 ? (by > 0 ? 0 : every.length - 1) : at + by];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

async function select(row, range) {
  const { toggle } = await import("./list.js");
  toggle(row.querySelector('[name="id"]'), range);
}

function change(row, at = "") {
  if (!row.closest("[data-change]")) return;
  const { pathname } = row.querySelector(".name");
  Object.assign(document.createElement("a"), { href: `${pathname}change/${at}` }).click();
}

async function act(row) {
  const { offer } = await import("./actions.js");
  offer(row.querySelector(".name"));
}

// What a key does; g waits for the next one.
export function press(event) {
  const { key } = event;
  const row = document.activeElement.closest("main .table-rows tbody tr"); // where the keys before this one led
  if (led && event.timeStamp - led < 1500) {
    led = 0;
    document.querySelector(`[data-go="${CSS.escape(key)}"]`)?.click();
    return;
  }
  led = key === "g" ? event.timeStamp : 0;
  if (key === "?") list(document.querySelector('[aria-keyshortcuts="?"]'));
  else if (key === "j") walk(1);
  else if (key === "k") walk(-1);
  else if (key === "Escape") document.getElementById("selection")?.reset();
  else if (row?.closest("#selection") && key.toLowerCase() === "x") select(row, event.shiftKey);
  else if (row && key === "Enter") row.querySelector(".name").click();
  else if (row && key === "e") change(row);
  else if (row && key === ".") act(row);
  else if (key === "u" || key === "r") {
    // Of the entry that one is in, else what the page is about: never the first of a list in passing.
    const within = document.activeElement.closest("main .history > li") ?? document.querySelector("main .page-head");
    within?.querySelector(`[aria-keyshortcuts="${key}"]`)?.click();
  } else if (row?.closest("[data-log]") && key === "l") change(row, "#s-entries");
  else named(key);
}
