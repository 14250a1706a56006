// Who works by keyboard stands where they stood when a page leads to itself, such as a list without one of its filters: on
// the same control, else on one beside it.
"use strict";

const CONTROLS = "a[href], button:not([tabindex='-1']), input:not([type=hidden]), select, textarea, summary";
const seen = (one) => one.checkVisibility({ visibilityProperty: true });
// What stands in a closed menu is reached by the words of the menu.
const reachable = (one) => (seen(one) ? one : one.closest("details:not([open])")?.querySelector("summary"));

function same({ id, tag, name, value, words, around }) {
  if (id) return document.getElementById(id);
  const alike = (one) => (one.ariaLabel ?? one.textContent) === words && (one.name ?? "") === name && (!value || one.value === value);
  const inSamePlace = (one) => around.filter((place) => one.closest(place)).length;
  return [...document.querySelectorAll(`main ${tag}`)].filter(alike).sort((a, b) => inSamePlace(b) - inSamePlace(a))[0];
}

function beside({ around }) {
  for (const place of around) {
    const near = document.querySelector(`main ${place}`);
    const control = near?.matches("details:not([open])") ? near.querySelector("summary") : [...(near?.querySelectorAll(CONTROLS) ?? [])].find(seen);
    if (control) return control;
  }
  return null;
}

function restore(kept) {
  if (kept.path !== location.pathname || document.activeElement !== document.body) return;
  const found = same(kept);
  const control = (found && reachable(found)) ?? beside(kept) ?? document.getElementById("main");
  control.focus({ preventScroll: true });
}

// How a control is told on the next page, and what it stands in.
function told(at) {
  const around = [];
  for (let one = at.parentElement; !one.matches("main, .page"); one = one.parentElement) {
    if (one.id) around.push(`#${CSS.escape(one.id)}`);
    else if (one.className) around.push(one.localName + [...one.classList].map((name) => `.${CSS.escape(name)}`).join(""));
  }
  const value = at.matches("button, [type=checkbox], [type=radio]") ? at.value : "";
  const { pathname: path } = at.closest(".tabs a") ?? location;
  return { path, id: at.id, tag: at.localName, name: at.name ?? "", value, words: at.ariaLabel ?? at.textContent, around };
}

let byKey = true; // this is loaded with the first key, or because of one on the page before
document.addEventListener("keydown", () => (byKey = true), true);
document.addEventListener("pointerdown", () => (byKey = false), true);
window.addEventListener("pagehide", () => {
  const at = document.activeElement;
  if (byKey && at.matches("main .page *")) sessionStorage.setItem("place", JSON.stringify(told(at)));
});

const kept = sessionStorage.getItem("place");
sessionStorage.removeItem("place");
// A form that was refused comes with what is wrong, where its own script goes.
if (kept && !document.getElementById("problems")) restore(JSON.parse(kept));
