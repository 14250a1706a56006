// The Web API tool: draws the answer as a tree, and opens the panels of tools.
import { el, send } from "./dom.js";
import { parse } from "./json.js";
import { openAll, tree } from "./tree.js";

const facts = JSON.parse(document.getElementById("tool").textContent);
const address = document.getElementById("address");
const raw = document.getElementById("answer");
const answer = document.getElementById("tree");

function drawAnswer(text) {
  let node;
  try { node = parse(text); } catch { return; } // It stays as it was sent.
  const made = tree(node, facts);
  const button = (label, act) => el("button", { type: "button", class: "small", onclick: act }, label);
  const asText = el("button", { type: "button", class: "small", "aria-pressed": "false", onclick: () => {
    const shown = asText.getAttribute("aria-pressed") === "false";
    asText.setAttribute("aria-pressed", String(shown));
    raw.hidden = !shown;
    made.hidden = shown;
  } }, "Text");
  const copy = el("button", { type: "button", class: "small", "data-copy": "#answer" }, "Copy");
  raw.textContent = text;
  raw.hidden = true;
  answer.replaceChildren(el("div", { class: "api-bar" },
    button("Unfold all", () => openAll(made, true)), button("Fold", () => openAll(made, false)), asText, copy), made);
}

function followAddress(event) {
  event.preventDefault();
  const url = new URL(address.value, location.href);
  // Only addresses of this API are opened from here.
  if (url.origin === location.origin && url.pathname.startsWith("/api")) location.assign(url);
  else address.setCustomValidity("An address of this API starts with /api/."), address.reportValidity();
}

function start() {
  address.readOnly = false;
  address.addEventListener("input", () => address.setCustomValidity(""));
  document.getElementById("request").addEventListener("submit", followAddress);
  document.querySelector("#request button").hidden = false;
  if (raw.textContent) drawAnswer(raw.textContent);
  const large = document.getElementById("load");
  if (large) {
    large.hidden = false;
    large.addEventListener("click", async () => {
      drawAnswer((await send("GET", location.href)).text);
      document.getElementById("large").remove();
    });
  }
}

start();
