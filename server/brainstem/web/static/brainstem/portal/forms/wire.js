// What helps to fill in a form, whether it is a page of its own or one field on the page of its record.
import { listenToNow } from "./now.js";
import { listenToPaste } from "./paste.js";
import { listenToRedraws } from "./redraw.js";
import { listenToRich } from "./rich/fields.js";
import { listenToRows } from "./rows.js";

export function wire(form) {
  listenToRows(form);
  listenToPaste(form);
  listenToRedraws(form);
  listenToNow(form);
  listenToRich(form);
  listenToConflicts(form);
  later(form, "pointerover", "[data-rows]", async () => (await import("./drag.js")).listenToDrags(form));
  later(form, "focusin", "[data-tags]", async (input) => (await import("./tags.js")).listenToTags(form, input));
  listenToPicks(form);
}

// To what is wrong with the form, unless somebody was quicker than this script and is in one of its controls by now.
export function goToProblems() {
  if (document.activeElement.matches("body, [autofocus]")) document.getElementById("problems")?.focus();
}

// A form without any may be drawn again with some.
function listenToPicks(form) {
  let isHeard = false;
  const look = () => {
    if (isHeard || !form.querySelector("[data-pick]")) return;
    isHeard = true;
    import("./pickers/main.js").then(
      ({ listenToPickers }) => listenToPickers(form),
      () => document.documentElement.classList.add("undressed"), // the lists of boxes do
    );
  };
  form.addEventListener("drawn", look);
  look();
}

// What only some visits need is fetched with the first control that it is about.
export function later(form, kind, selector, load) {
  const come = ({ target }) => {
    if (!target.closest?.(selector)) return;
    form.removeEventListener(kind, come);
    load(target);
  };
  form.addEventListener(kind, come);
}

// Few forms have one.
function listenToConflicts(form) {
  let isHeard = false;
  const look = async () => {
    if (isHeard || !form.querySelector(".conflict")) return;
    isHeard = true;
    (await import("./conflict.js")).meet(form);
  };
  form.addEventListener("drawn", look);
  look();
}
