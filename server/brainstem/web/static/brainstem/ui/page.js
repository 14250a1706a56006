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

// "/" goes to the search box, unless somebody is typing.
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const box = document.getElementById("search");
  if (!box || !box.offsetParent) return;
  event.preventDefault();
  box.focus();
  box.select();
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
