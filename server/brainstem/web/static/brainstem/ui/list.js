// Selecting rows of a list. The checkboxes are those of a form, which works without this.
"use strict";

const form = document.getElementById("selection");
const boxes = () => [...form.querySelectorAll('tbody [name="id"]')];
let last = null;

// How many are selected, and whether that is all of the page.
function tell() {
  const all = form.querySelector('[name="all"]');
  const every = boxes();
  const number = every.filter((box) => box.checked).length;
  const page = form.querySelector("[data-all]");
  page.checked = number > 0 && number === every.length;
  page.indeterminate = number > 0 && number < every.length;
  const count = all?.checked ? Number(all.value) : number;
  const text = count ? `${count.toLocaleString("en")} selected` : "";
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
  form.querySelector("[data-all]").hidden = false;
  form.addEventListener("click", (event) => {
    const box = event.target;
    if (box.matches("[data-all]")) for (const one of boxes()) one.checked = box.checked;
    if (box.name !== "id") return;
    if (event.shiftKey) through(box);
    last = box;
  });
  form.addEventListener("change", tell);
  form.addEventListener("reset", () => setTimeout(tell));
  tell();
}
