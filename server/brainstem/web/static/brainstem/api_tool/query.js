// Query string <-> parts: filters, sort keys, includes and the rest. Pure: knows neither page nor models.
import { OPERATORS } from "./models.js";

const FILTER = /^filter\{(-?)([^{}]*)\}$/;
const SINGLE = ["search", "limit", "offset"];

export function read(search) {
  const query = { filters: [], sorts: [], includes: [], search: "", limit: "", offset: "", rest: [] };
  for (const [name, value] of new URLSearchParams(search)) {
    const filter = FILTER.exec(name);
    if (filter) query.filters.push({ ...readPath(filter[2]), negated: filter[1] === "-", value });
    else if (name === "sort[]" || name === "sort") {
      query.sorts.push({ path: value.replace(/^[-+]/, "").split("."), descending: value.startsWith("-") });
    } else if (name === "include[]" || name === "include") {
      const paths = value.split(",").map((path) => path.trim().replace(/\.?\*$/, ""));
      query.includes.push(...paths.filter(Boolean).map((path) => ({ path: path.split(".") })));
    } else if (SINGLE.includes(name)) query[name] = value;
    else query.rest.push([name, value]);
  }
  return query;
}

function readPath(text) {
  const path = text.split(".");
  const operator = path.length > 1 && path.at(-1) in OPERATORS ? path.pop() : "eq";
  return { path, operator };
}

// Pairs of names and values, as in a URL.
export function pairs(query) {
  const found = query.filters.filter((one) => one.path.length && one.path[0]).map((one) => [nameOf(one), one.value]);
  if (query.search) found.push(["search", query.search]);
  for (const one of query.sorts) if (one.path[0]) found.push(["sort[]", (one.descending ? "-" : "") + one.path.join(".")]);
  for (const one of query.includes) if (one.path[0]) found.push(["include[]", `${one.path.join(".")}.*`]);
  found.push(...query.rest);
  for (const name of ["limit", "offset"]) if (query[name]) found.push([name, query[name]]);
  return found;
}

export function nameOf({ path, operator, negated }) {
  const names = operator === "eq" ? path : [...path, operator];
  return `filter{${negated ? "-" : ""}${names.join(".")}}`;
}

// Readable: characters that are allowed in a URL are not escaped.
export function write(query) {
  return pairs(query).map(([name, value]) => `${encode(name)}=${encode(value)}`).join("&");
}

const encode = (text) => encodeURIComponent(text).replace(/%(7B|7D|5B|5D|2C|3A|2F|40)/g, (code) => decodeURIComponent(code));
