// Deleting asks first, and shows what else would be deleted.
import { el, send, statusLine, whileDisabled } from "./dom.js";
import { parse } from "./json.js";
import { remedy } from "./remedy.js";
import { tree } from "./tree.js";

const OUTCOMES = {
  delete: "The record and everything below it will be deleted.",
  detach: "The record stays in other projects; it is removed from yours.",
  refused: "It cannot be deleted now: other records need it.",
};
const DONE = { detach: "It will be removed from your projects." };

export async function askToDelete(facts, path, list) {
  if (document.querySelector(".api-dialog")) return;
  let outcome = "";
  const told = el("div", { class: "api-told" }, "Checking what would be deleted.");
  const sure = el("button", { type: "button", class: "danger", disabled: true, onclick: remove }, "Delete");
  // Takes the place of "Delete" when that is gone, so the second click of a double click must not close the dialog.
  const close = el("button", { type: "button", onclick: (event) => { if (event.detail < 2) dialog.close(); } }, "Cancel");
  const dialog = el("dialog", { class: "api-dialog", "aria-labelledby": "delete-title", onclose: () => dialog.remove() },
    el("h2", { id: "delete-title" }, "Delete this record"), el("p", {}, el("code", {}, `DELETE ${path}`)), told,
    el("div", { class: "actions" }, sure, close));
  document.body.append(dialog);
  dialog.showModal();

  async function remove() {
    const answer = await whileDisabled(sure, () => send("DELETE", path));
    if (!answer.good) return told.replaceChildren(statusLine(answer), ...explained(answer, facts));
    const done = DONE[outcome] ?? "It has been deleted.";
    told.replaceChildren(statusLine(answer), el("p", {}, `${done} `, el("a", { href: list }, "Back to the list")));
    sure.remove();
    close.textContent = "Close";
    close.focus();
    return retire(done, list);
  }

  const preview = await send("GET", `${path.replace(/\/?$/, "/")}delete_preview/`);
  if (preview.good) outcome = JSON.parse(preview.text).delete_preview.outcome;
  told.replaceChildren(el("p", {}, OUTCOMES[outcome] ?? ""), ...explained(preview, { ...facts, shown: "" }));
  sure.disabled = outcome === "refused" || preview.status === 401;
}

function explained(answer, facts) {
  const words = remedy(answer, facts);
  if (words) return [el("p", { role: "alert" }, words)];
  try { return [tree(parse(answer.text), facts)]; } catch { return [answer.text]; }
}

// The page behind shows the deleted record, without its actions.
function retire(done, list) {
  const note = el("p", { class: "note note-warning" }, `${done} Below is what it was. `, el("a", { href: list }, "See the others"));
  document.getElementById("tools").replaceWith(note);
  for (const one of document.querySelectorAll("#panels, .api-below")) one.remove();
}
