// Deleting asks first, and tells what would go along.
import { el, send, statusLine } from "./dom.js";
import { parse } from "./json.js";
import { tree } from "./tree.js";

const OUTCOMES = {
  delete: "The record and what hangs below it will be deleted.",
  detach: "The record stays in other projects; it is taken out of yours.",
  refused: "It cannot be deleted now: something keeps it.",
};

export async function askToDelete(facts, path, list) {
  const told = el("div", { class: "api-told" }, "Looking what would be deleted.");
  const sure = el("button", { type: "button", class: "danger", disabled: true }, "Delete");
  const dialog = el("dialog", { class: "api-dialog", "aria-labelledby": "delete-title", onclose: () => dialog.remove() },
    el("h2", { id: "delete-title" }, "Delete this record"), el("p", {}, el("code", {}, `DELETE ${path}`)), told,
    el("div", { class: "actions" }, sure, el("button", { type: "button", onclick: () => dialog.close() }, "Cancel")));
  document.body.append(dialog);
  dialog.showModal();
  sure.addEventListener("click", async () => {
    sure.disabled = true;
    const answer = await send("DELETE", path);
    told.replaceChildren(statusLine(answer), answer.text ? tree(parse(answer.text), facts) : el("p", {}, "It is deleted. ", el("a", { href: list }, "Back to the list")));
    if (answer.good) sure.remove();
  });
  const preview = await send("GET", `${path.replace(/\/?$/, "/")}delete_preview/`);
  const node = preview.good ? parse(preview.text) : null;
  const outcome = node ? JSON.parse(preview.text).delete_preview.outcome : "";
  told.replaceChildren(el("p", {}, OUTCOMES[outcome] ?? ""), node ? tree(node, { ...facts, shown: "" }) : preview.text);
  sure.disabled = outcome === "refused";
}
