// JSON as a folding tree, in which ids link to their records and URLs to their pages.
import { el } from "./dom.js";
import { get, isScalar, sizeOf } from "./json.js";

const MOST_IDS = 6;
const MANY = 8;
const ENVELOPE = ["count", "next", "previous", "meta"];

// facts: {portal, shown, links: {route: {key: route}}}
export function tree(node, facts) {
  return isScalar(node) ? el("div", { class: "json" }, scalar(node, {}))
    : el("div", { class: "json" }, branch(null, node, { facts, depth: 0 }, true));
}

export function openAll(root, open) {
  for (const node of root.querySelectorAll("details")) {
    if (open || node.dataset.depth > 1) node.open = open;
    if (open && node.fill) { node.fill(); openAll(node, true); }
  }
}

function line(key, node, where) {
  return el("li", {}, isScalar(node) ? el("span", { class: "json-line" }, named(key), scalar(node, where)) : branch(key, node, where));
}

function named(key) {
  return key === null ? "" : el("span", { class: "json-key" }, legible(key), ": ");
}

// Letters of all scripts are shown; invisible characters and those that change the writing direction stay escaped.
function legible(text) {
  return JSON.stringify(text).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (one) => `\\u${one.codePointAt(0).toString(16).padStart(4, "0")}`);
}

function branch(key, node, where, whole = false) {
  const list = el("ul");
  const made = el("details", { "data-depth": where.depth }, el("summary", {}, named(key), hint(node)), list);
  made.fill = () => {
    made.fill = null;
    list.append(...lines(node, where));
  };
  made.addEventListener("toggle", () => { if (made.open && made.fill) made.fill(); });
  if (!sizeOf(node)) return el("span", { class: "json-line" }, named(key), node.kind === "object" ? "{}" : "[]");
  if (whole || opensItself(node, where)) {
    made.fill();
    made.open = true;
  }
  return made;
}

function lines(node, where) {
  if (node.kind === "array") return node.items.map((one) => line(null, one, { ...where, depth: where.depth + 1 }));
  const own = get(node, "id");
  return node.entries.map(([key, one]) => line(key, one, below(where, key, own)));
}

// What a key tells about its value: the model that it belongs to, and the record that it refers to.
function below(where, key, own) {
  const { facts, depth, route } = where;
  const next = { facts, depth: depth + 1 };
  if (depth === 0) return ENVELOPE.includes(key) ? next : { ...next, route: facts.shown };
  if (!route) return where.base ? { ...next, base: where.base } : next;
  if (key === "id") return { ...next, points: route };
  if (key === "links" && own) return { ...next, base: `/api/${facts.portal}/${route}/${encodeURIComponent(own.text ?? own.raw)}/` };
  const target = facts.links[route]?.[key];
  return target ? { ...next, route: target, points: target } : next;
}

function opensItself(node, { depth, facts }) {
  if (facts.large) return depth < 1;
  if (depth < 3) return true;
  if (node.kind === "array") return sizeOf(node) <= MOST_IDS;
  return sizeOf(node) <= MANY && depth < 6;
}

// A summary of a folded branch.
function hint(node) {
  const [open, close] = node.kind === "object" ? "{}" : "[]";
  const name = ["name", "title", "label", "url"].map((key) => get(node, key)).find((one) => one?.kind === "string");
  const about = name ? ` ${name.text.slice(0, 80)} ` : "…";
  return el("span", { class: "json-hint" }, open, el("span", { class: "json-folded" }, about, close),
    el("span", { class: "json-size" }, ` ${sizeOf(node)}`));
}

function scalar(node, where) {
  const made = el("span", { class: `json-${node.kind}` }, node.kind === "string" ? legible(node.text) : node.raw);
  const link = linkOf(node, where);
  return link ? el("a", { ...link, class: "json-link" }, made) : made;
}

export function linkOf(node, { points, base, facts }) {
  if (node.kind === "null" || node.kind === "boolean") return null;
  const text = node.text ?? node.raw;
  if (points && text !== "") return { href: `/api/${facts.portal}/${points}/${encodeURIComponent(text)}/` };
  if (node.kind !== "string") return null;
  if (base && /^\w+\/$/.test(text)) return { href: base + text };
  return webLink(text);
}

// Only http and https, and only if the whole text is a URL: "javascript:" is not linked.
function webLink(text) {
  if (!/^https?:\/\/[^\s]+$/i.test(text)) return null;
  let url;
  try { url = new URL(text); } catch { return null; }
  if (url.protocol !== "http:" && url.protocol !== "https:") return null;
  return url.origin === location.origin ? { href: url.href } : { href: url.href, rel: "noopener nofollow noreferrer" };
}
