// The records before and after this one in the list one came from, with its filter and in its order.
"use strict";

import { fetched } from "./documents.js";
import { keep, kept } from "./lists.js";

const SVG = "http://www.w3.org/2000/svg";
const here = `${location.pathname.split("/").slice(0, 5).join("/")}/`;
const sprite = document.querySelector("svg.icon use").getAttribute("href").split("#")[0];

function link(key, word, path, name) {
  const made = Object.assign(document.createElement("a"), { href: path, className: "btn btn-ghost btn-sm btn-icon", rel: word === "Before" ? "prev" : "next" });
  made.ariaLabel = made.title = `${word}: ${name}`;
  made.setAttribute("aria-keyshortcuts", key);
  const icon = document.createElementNS(SVG, "svg");
  icon.setAttribute("class", "icon");
  icon.setAttribute("aria-hidden", "true");
  icon.append(document.createElementNS(SVG, "use"));
  icon.firstChild.setAttribute("href", `${sprite}#chevron-${word === "Before" ? "left" : "right"}`);
  made.append(icon);
  return made;
}

// To the list's next or last page, of which the first or last row is the neighbour.
async function turn(event, page, last) {
  event.preventDefault();
  const { rows } = keep(await fetched(page));
  const [path] = rows.at(last ? -1 : 0) ?? [page];
  const url = new URL(path, location.origin);
  if (url.origin === location.origin) location.assign(url);
}

function neighbour(key, word, list, at, page) {
  if (list.rows[at]) return link(key, word, ...list.rows[at]);
  if (!page) return "";
  const made = link(key, word, page, word === "Before" ? "the page before" : "the next page");
  made.addEventListener("click", (event) => turn(event, page, word === "Before"));
  return made;
}

const list = kept();
const at = list.rows.findIndex(([path]) => path === here);
if (at >= 0) {
  const place = Object.assign(document.createElement("span"), { className: "neighbours" });
  place.append(neighbour("[", "Before", list, at - 1, list.before), neighbour("]", "Next", list, at + 1, list.after));
  document.querySelector(".crumbs")?.append(place);
}
