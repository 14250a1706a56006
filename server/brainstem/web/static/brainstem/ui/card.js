// A chip of a record shows a card of it after half a second of hover or keyboard focus. Without this script it is a link.
import { fetched } from "./documents.js";

const WAIT_MS = 500;
const LEAVE_MS = 200;
const RECORD = /^\/(private|public|super)\/\w+\/\w+\/[^/]+\/$/;

const cards = new Map(); // address -> promise of what its card shows, for as long as this page is open
const card = document.createElement("div");
card.id = "hovercard";
card.className = "hovercard";
card.setAttribute("role", "tooltip");
card.popover = "manual";

let chip = null; // of which the card is shown, or about to be
let dismissed = null; // whose card was closed with Escape; it comes back only after the chip was left
let timer = 0;

function record(target) {
  const found = target.closest?.("a.chip[href]");
  return found && RECORD.test(found.getAttribute("href")) ? found : null;
}

// Null for what is not there, or no more; a page that leads elsewhere, such as to signing in, is no card.
function load(address) {
  if (!cards.has(address)) cards.set(address, ask(`${address}card/`).catch(() => null));
  return cards.get(address);
}

async function ask(address) {
  const page = await fetched(address);
  return page.URL.endsWith(address) ? page : null;
}

async function show(wanted) {
  const found = await load(wanted.getAttribute("href"));
  if (!found || chip !== wanted || !wanted.isConnected) return;
  card.replaceChildren(...[...found.body.childNodes].map((node) => document.importNode(node, true)));
  if (!card.isConnected) document.body.append(card);
  card.showPopover();
  place(wanted.getBoundingClientRect());
  wanted.setAttribute("aria-describedby", card.id);
}

// Below the chip, above it where there is no room, and never outside the window.
function place(at) {
  const gap = 6;
  const { width, height } = card.getBoundingClientRect();
  const below = at.bottom + gap + height <= window.innerHeight || at.top < height + gap;
  card.style.top = `${below ? at.bottom + gap : at.top - gap - height}px`;
  card.style.left = `${Math.max(gap, Math.min(at.left, window.innerWidth - width - gap))}px`;
}

function hide() {
  clearTimeout(timer);
  chip?.removeAttribute("aria-describedby");
  chip = null;
  if (card.matches(":popover-open")) card.hidePopover();
}

function enter(found) {
  if (found === dismissed) return;
  dismissed = null;
  if (found !== chip) hide();
  chip = found;
  clearTimeout(timer);
  if (!card.matches(":popover-open")) timer = setTimeout(show, WAIT_MS, found);
}

function leave() {
  dismissed = null;
  clearTimeout(timer);
  timer = setTimeout(hide, LEAVE_MS);
}

function over(event) {
  if (event.pointerType === "touch") return;
  const found = record(event.target);
  if (found) enter(found);
  else if (card.contains(event.target)) clearTimeout(timer); // one may move onto the card
  else if (document.activeElement !== (chip ?? dismissed)) leave();
}

function focused(event) {
  const found = record(event.target);
  if (found?.matches(":focus-visible")) enter(found);
  else leave();
}

// The module is loaded with the first chip that somebody comes to.
export function begin(event) {
  (event.type === "focusin" ? focused : over)(event);
}

document.addEventListener("pointerover", over);
document.addEventListener("focusin", focused);
document.addEventListener("scroll", hide, { capture: true, passive: true });
document.addEventListener("pointerdown", (event) => card.contains(event.target) || hide());
document.addEventListener(
  "keydown",
  (event) => {
    if (event.key !== "Escape" || !card.matches(":popover-open")) return;
    event.stopPropagation();
    dismissed = chip;
    hide();
  },
  { capture: true },
);
