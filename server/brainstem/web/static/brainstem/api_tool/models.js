// What OPTIONS says of models: fields, operators, what can be included. Asked once a page for each model.
import { send } from "./dom.js";

const described = new Map();

export function describe(portal, route) {
  const url = `/api/${portal}/${route}/`;
  if (!described.has(url)) {
    described.set(url, send("OPTIONS", url).then((answer) => (answer.good ? JSON.parse(answer.text) : null)));
  }
  return described.get(url);
}

export const OPERATORS = {
  eq: "is", ne: "is not", in: "is one of", isnull: "is empty", gt: "is more than", gte: "is at least",
  lt: "is less than", lte: "is at most", range: "is between", contains: "contains",
  icontains: "contains (any case)", startswith: "starts with", istartswith: "starts with (any case)",
  endswith: "ends with", iendswith: "ends with (any case)", iexact: "is (any case)", year: "is in year",
  month: "is in month", day: "is on day", within: "is within",
};

export const isRelation = (field) => field?.related !== undefined;
export const isMany = (field) => field?.type === "m2m" || field?.type === "reverse_m2m";

// Names that a step of a path may have, for a filter, a sort key or an include; hidden are those not to be asked for.
export function stepsOf(about, purpose, above = [], hidden = []) {
  const known = Object.entries(about.fields).filter(([name]) => !hidden.includes(name));
  if (purpose === "include") {
    return about.include.filter((name) => !hidden.includes(name)).filter((name) => !(isMany(about.fields[name]) && above.includes(about.fields[name].related)));
  }
  const asked = known.filter(([, field]) => isRelation(field) || field.operators.length);
  if (purpose === "filter") return asked.map(([name]) => name);
  return asked.filter(([, field]) => field.type !== "json" && field.type !== "tags").map(([name]) => name);
}
