// Forms: everything works without this; it saves reloads and mouse ways.
import { keepDrafts } from "./drafts/draft.js";
import { listenToDrags } from "./drag.js";
import { listenToKeys } from "./keys.js";
import { guard } from "./leave.js";
import { listenToNow } from "./now.js";
import { listenToPaste } from "./paste.js";
import { listenToRedraws } from "./redraw.js";
import { listenToRich } from "./rich/fields.js";
import { listenToRows } from "./rows.js";
import { markSections } from "./sections.js";
import { listenToTags } from "./tags.js";
import { listenToUploads } from "./upload.js";

document.documentElement.classList.add("scripted");
for (const form of document.querySelectorAll("form[data-form]")) {
  keepDrafts(form); // first, as it may hold a form back that would be lost
  guard(form);
  markSections(form);
  listenToRows(form);
  listenToDrags(form);
  listenToPaste(form);
  listenToRedraws(form);
  listenToKeys(form);
  listenToNow(form);
  listenToTags(form);
  listenToUploads(form);
  listenToRich(form);
  listenToConflicts(form);
}
for (const form of document.querySelectorAll("form[data-form]:has([data-pick])")) {
  import("./pickers/main.js").then(
    ({ listenToPickers }) => listenToPickers(form),
    () => document.documentElement.classList.add("undressed"), // the lists of boxes do
  );
}
document.getElementById("problems")?.focus();

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
