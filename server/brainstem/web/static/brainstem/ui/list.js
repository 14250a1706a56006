// Selecting rows of a list, showing more of them, and dragging its columns. All of it works without this, too.
"use strict";

import { fetched } from "./documents.js";
import "./lists.js";
import "./widths.js";

const form = document.getElementById("selection");
const boxes = () => [...form.querySelectorAll('tbody [name="id"]')];
let last = document.activeElement.matches('#selection [name="id"]') ? document.activeElement : null;

// How many are selected, and whether that is all of the page.
function tell() {
  const all = form.querySelector('[name="all"]');
  const every = boxes();
  const number = every.filter((box) => box.checked).length;
  const page = form.querySelector("[data-all]");
  page.checked = number > 0 && number === every.length;
  page.indeterminate = number > 0 && number < every.length;
  const count = all?.checked ? Number(all.value) : number;
  const text = count ? `${count.toLocaleString(form.dataset.numbers)} selected` : "";
  const place = form.querySelector("[data-count]");
  if (place.textContent !== text) place.textContent = text;
}

// From the row that was last selected to this one.
function through(box) {
  const every = boxes();
  const [from, to] = [every.indexOf(last ?? box), every.indexOf(box)].sort((a, b) => a - b);
  for (const one of every.slice(Math.max(from, 0), to + 1)) one.checked = box.checked;
}

export function toggle(box, range) {
  box.checked = range ? true : !box.checked;
  if (range) through(box);
  last = box;
  tell();
}

if (form) {
  form.addEventListener("click", (event) => {
    const box = event.target;
    if (box.matches("[data-all]")) for (const one of boxes()) one.checked = box.checked;
    if (box.name !== "id") return;
    if (event.shiftKey) through(box);
    last = box;
  });
  form.addEventListener("change", tell);
  form.addEventListener("reset", () => setTimeout(tell));
  // Ticked before this was loaded.
  if (form.querySelector("[data-all]").checked) for (const one of boxes()) one.checked = true;
  tell();
}

// Fifty more rows below those that are shown; the address then shows as many.
async function more(link) {
  link.setAttribute("aria-busy", "true");
  try {
    const page = await fetched(link.dataset.more);
    const rows = [...page.querySelectorAll("tbody tr")];
    form.querySelector("tbody").append(...rows);
    document.querySelector(".pager").replaceWith(page.querySelector(".pager"));
    history.replaceState(null, "", link.href);
    rows[0].querySelector(".name").focus({ preventScroll: true });
    if (form) tell();
  } catch {
    link.removeAttribute("data-more");
    link.click();
  }
}
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-more]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (link.getAttribute("aria-busy") !== "true") more(link);
});

// Columns are dragged in their menu; the form is sent when one is dropped.
const columns = document.querySelector("[data-sortable]");
for (const one of columns?.children ?? []) one.draggable = true;
columns?.addEventListener("dragstart", (event) => event.target.closest("li")?.classList.add("dragged"));
columns?.addEventListener("dragover", (event) => {
  event.preventDefault();
  const [moved, over] = [columns.querySelector(".dragged"), event.target.closest("li")];
  if (!moved || !over || moved === over) return;
  const { top, height } = over.getBoundingClientRect();
  over[event.clientY < top + height / 2 ? "before" : "after"](moved);
});
columns?.addEventListener("dragend", () => {
  columns.querySelector(".dragged")?.classList.remove("dragged");
  columns.closest("form").requestSubmit();
});
