// What OPTIONS says about models: fields, operators, what can be included. Requested once per page and model.
import { send } from "./dom.js";

const described = new Map();

export function describe(portal, route) {
  const url = `/api/${portal}/${route}/`;
  if (!described.has(url)) {
    described.set(url, send("OPTIONS", url).then((answer) => (answer.good ? JSON.parse(answer.text) : null)));
  }
  return described.get(url);
}

// Operator -> its label between a field and a value, in the order in which they are offered.
export const OPERATORS = JSON.parse(document.getElementById("tool").textContent).operators;

export const isRelation = (field) => field?.related !== undefined;
export const isMany = (field) => field?.type === "m2m" || field?.type === "reverse_m2m";

// Names for a step of a path in a filter, a sort key or an include; `hidden` are those that cannot be used.
export function stepsOf(about, purpose, above = [], hidden = []) {
  const known = Object.entries(about.fields).filter(([name]) => !hidden.includes(name));
  if (purpose === "include") {
    return about.include.filter((name) => !hidden.includes(name)).filter((name) => !(isMany(about.fields[name]) && above.includes(about.fields[name].related)));
  }
  const asked = known.filter(([, field]) => isRelation(field) || field.operators.length);
  if (purpose === "filter") return asked.map(([name]) => name);
  return asked.filter(([, field]) => field.type !== "json" && field.type !== "tags").map(([name]) => name);
}
