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
}
