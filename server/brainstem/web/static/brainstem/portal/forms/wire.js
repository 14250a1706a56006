// What helps to fill in a form, whether it is a page of its own or one field on the page of its record.
import { listenToDrags } from "./drag.js";
import { listenToNow } from "./now.js";
import { listenToPaste } from "./paste.js";
import { listenToRedraws } from "./redraw.js";
import { listenToRich } from "./rich/fields.js";
import { listenToRows } from "./rows.js";
import { listenToTags } from "./tags.js";

export function wire(form) {
  listenToRows(form);
  listenToDrags(form);
  listenToPaste(form);
  listenToRedraws(form);
  listenToNow(form);
  listenToTags(form);
  listenToRich(form);
  listenToConflicts(form);
  if (form.querySelector("[data-pick]")) {
    import("./pickers/main.js").then(
      ({ listenToPickers }) => listenToPickers(form),
      () => document.documentElement.classList.add("undressed"), // the lists of boxes do
    );
  }
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
