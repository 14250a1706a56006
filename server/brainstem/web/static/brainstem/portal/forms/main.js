// Forms: everything works without this; it saves reloads and mouse ways.
import { keepDrafts } from "./drafts/draft.js";
import { listenToKeys } from "./keys.js";
import { guard } from "./leave.js";
import { markSections } from "./sections.js";
import { goToProblems, later, wire } from "./wire.js";

document.documentElement.classList.add("scripted");
for (const form of document.querySelectorAll("form[data-form]")) {
  keepDrafts(form); // first, as it may hold a form back that would be lost
  guard(form);
  markSections(form);
  wire(form);
  listenToKeys(form);
  const uploads = async () => (await import("./upload.js")).listenToUploads(form);
  if (form.querySelector("input[type=file]")) uploads();
  else later(form, "change", "input[type=file]", uploads);
}
goToProblems();

// The field or section that the address names, such as from the page of a record; of a table its empty row. The browser
// goes to the place itself when everything is loaded, and would take the focus with it.
function enter() {
  const named = document.getElementById(location.hash.slice(1));
  if (!named?.closest("form[data-form]")) return;
  const CONTROL = "input:not([type=hidden]), select, textarea:not([hidden]), [data-rich-view]:not([hidden])";
  const place = [...named.querySelectorAll("[data-row]")].at(-1) ?? named;
  (place.matches(CONTROL) ? place : place.querySelector(CONTROL) ?? place).focus();
}
if (document.readyState === "complete") enter();
else window.addEventListener("load", () => setTimeout(enter));
