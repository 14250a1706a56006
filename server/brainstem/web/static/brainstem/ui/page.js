// The script of the portals' pages. Everything works without it; what only some people use is loaded when they begin.
"use strict";

// One open menu at a time; a click elsewhere or Escape closes it.
function closeAll(except) {
  for (const drop of document.querySelectorAll("details.drop[open]")) {
    if (drop !== except) drop.open = false;
  }
}
document.addEventListener("click", (event) => closeAll(event.target.closest("details.drop")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector("details.drop[open]");
  if (!open) return;
  event.preventDefault();
  open.open = false;
  open.querySelector("summary").focus();
});

// Buttons that copy the text beside them; only where the browser lets a page do it.
if (navigator.clipboard && document.querySelector("[data-copy]")) import("./copy.js");

// A menu that the address names is open.
const named = document.getElementById(location.hash.slice(1));
if (named?.matches("details.drop")) named.open = true;

// What one goes on from: the place of the focus, for those who work by keyboard, and the list that one came from.
const kept = (name) => {
  try {
    return sessionStorage.getItem(name);
  } catch {
    return null; // a browser that keeps nothing for pages
  }
};
const alsoLoad = (script) => import(script).catch(() => {}); // pages do without these, such as offline
if (kept("place")) alsoLoad("./place.js");
else document.addEventListener("keydown", () => alsoLoad("./place.js"), { once: true, capture: true });
const beside = kept("list") && document.querySelector("[data-record]") ? alsoLoad("./neighbours.js") : undefined;

// Keys, unless somebody types or has switched them off. The module knows what each does.
const typing = (at) => at.closest("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio]), [data-in-place]");
let pressed;
const turns = (key) => beside && /^[[\]]$/.test(key); // its links may still be on their way
const known = (key) =>
  /^([/?.gjklxX]|Enter|Escape)$/.test(key) ||
  turns(key) ||
  document.querySelector(`[aria-keyshortcuts~="${CSS.escape(key)}"], [data-go="${CSS.escape(key)}"]`);
document.addEventListener("keydown", (event) => {
  if (document.documentElement.dataset.keys === "off" || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (typing(event.target) || document.querySelector("dialog[open]") || !known(event.key)) return;
  if (event.key === "Enter" && !event.target.matches('tbody [name="id"]')) return;
  if (event.key === "Escape" && !document.querySelector("#selection :checked")) return;
  event.preventDefault();
  const box = document.getElementById("search");
  if (event.key === "/") return box?.offsetParent && (box.focus(), box.select()); // what is typed next goes there
  pressed ??= import("./keys.js");
  if (turns(event.key)) pressed = Promise.all([pressed, beside]).then(([keys]) => keys);
  pressed.then((keys) => keys.press(event)); // one promise keeps the order of keys
});

// Rows that are selected, more of them, and columns that are dragged.
for (const type of ["pointerover", "pointerdown", "focusin"]) {
  document.addEventListener(type, (event) => event.target.closest("#selection, #columns, [data-more]") && import("./list.js"));
}

// Pencils of a record open a field in its place; with a key or another button they are links to the form.
document.addEventListener("click", async (event) => {
  const pencil = event.target.closest("a[data-edit]");
  if (!pencil || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  (await import("../portal/records/edit.js")).edit(pencil);
});

// Cards of chips.
const CHIPPED = ["pointerover", "focusin"];
async function cards(event) {
  if (!event.target.closest?.("a.chip[href]")) return;
  for (const type of CHIPPED) document.removeEventListener(type, cards);
  (await import("./card.js")).begin(event);
}
for (const type of CHIPPED) document.addEventListener(type, cards);
