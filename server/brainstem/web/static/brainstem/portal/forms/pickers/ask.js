// What goes with a question about a control: what was chosen in the form. And why there is no answer.
import { controlOf, isSeveral } from "./dress.js";

export const WHY = {
  away: "The server cannot be reached. What you typed stays here.",
  out: "You are signed out. Sign in in another tab; what you typed stays here.",
  refused: "The server does not show this list now. What you typed stays here.",
};

export function whyNot({ status, page }) {
  if (!status || status >= 500) return WHY.away;
  return page?.querySelector("[name=login], [name=password]") ? WHY.out : WHY.refused;
}

// The name of the box that shows all that one may use.
const lifting = (box) => `_all.${controlOf(box).dataset.field}`;

export function isLifted(form, box) {
  const found = [...form.querySelectorAll(`[name="${CSS.escape(lifting(box))}"]`)];
  return found.some((one) => one.type === "hidden" || one.checked);
}

export function lift(form, box, wanted) {
  const found = [...form.querySelectorAll(`[name="${CSS.escape(lifting(box))}"]`)];
  for (const one of found) if (one.type === "hidden") one.remove(); else one.checked = wanted;
  if (!wanted || found.some((one) => one.isConnected)) return;
  const place = isSeveral(box) ? controlOf(box) : box;
  place.append(Object.assign(document.createElement("input"), { type: "hidden", name: lifting(box), value: "true" }));
}

// What a question about a control says: its field, what was chosen that narrows it, and whether that counts.
export function about(form, box) {
  const { field, with: names = "" } = controlOf(box).dataset;
  const pairs = [["field", field]];
  const sent = new FormData(form);
  for (const name of names.split(" ").filter(Boolean)) {
    const values = sent.getAll(name).filter((value) => value && typeof value === "string");
    if (values.length === 1) pairs.push([name, values[0]]);
  }
  if (isLifted(form, box)) pairs.push(["all", "true"]);
  return pairs;
}

export const recordOf = (item) => ({
  id: item.dataset.id,
  label: item.dataset.label ?? item.firstElementChild.textContent,
  fills: [...new URLSearchParams(item.dataset.fills ?? "")],
});
