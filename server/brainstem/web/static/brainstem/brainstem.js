// The script of every page. Everything works without it, except for copying to the clipboard.
"use strict";

// The navigation is open next to the content if there is room for both.
const wide = window.matchMedia("(min-width: 60rem)");
function openWide() {
  for (const side of document.querySelectorAll("details[data-open-wide]")) side.open = wide.matches;
}
wide.addEventListener("change", openWide);
openWide();

// A menu closes on a click elsewhere or on Escape.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// <button data-copy="#id">: copies the text of that element and says so.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copy]");
  if (!button) return;
  const source = document.querySelector(button.dataset.copy);
  await navigator.clipboard.writeText(source.value ?? source.textContent);
  const label = button.textContent;
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = label; }, 1500);
});

// <form data-confirm="Really?">: asks before it is sent.
document.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

// "/" goes to the search box, unless the user is typing.
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const box = document.getElementById("search");
  if (!box) return;
  event.preventDefault();
  box.focus();
  box.select();
});

// <details data-remember="stem">: stays open or closed from page to page while this window is open.
for (const section of document.querySelectorAll("details[data-remember]")) {
  const key = `open:${section.dataset.remember}`;
  const kept = sessionStorage.getItem(key);
  if (kept !== null && !section.querySelector("[aria-current]")) section.open = kept === "yes";
  section.querySelector("summary").addEventListener("click", () => {
    sessionStorage.setItem(key, section.open ? "no" : "yes");  // as it will be after the click
  });
}
