// Forms: everything works without this; it saves reloads and mouse ways.
import { listenToKeys } from "./keys.js";
import { listenToPaste } from "./paste.js";
import { listenToRedraws } from "./redraw.js";
import { listenToRows } from "./rows.js";

document.documentElement.classList.add("scripted");
for (const form of document.querySelectorAll("form[data-form]")) {
  listenToRows(form);
  listenToPaste(form);
  listenToRedraws(form);
  listenToKeys(form);
}
document.getElementById("problems")?.focus();
