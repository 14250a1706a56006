// The script of the portals' pages. Everything works without it.
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
  open.open = false;
  open.querySelector("summary").focus();
});

// A single key presses what names it in aria-keyshortcuts, unless somebody is typing; in a closed menu too.
function usable(element) {
  return element.checkVisibility() || Boolean(element.closest("details.drop:not([open])")?.checkVisibility());
}
document.addEventListener("keydown", (event) => {
  if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const named = [...document.querySelectorAll("[aria-keyshortcuts]")];
  const found = named.find((one) => one.getAttribute("aria-keyshortcuts").split(" ").includes(event.key) && usable(one));
  if (!found) return;
  event.preventDefault();
  if (!found.matches("input, textarea, select")) return found.click();
  found.focus();
  found.select?.();
});

// Buttons that copy the text beside them; only where the browser lets a page do it.
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(button.previousElementSibling.textContent);
    const label = button.lastChild;
    label.data = "Copied";
    setTimeout(() => (label.data = "Copy"), 2000);
  });
}
