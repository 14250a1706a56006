// The Web API tool: shows the response as a tree, and opens the panels of tools, whose scripts load on demand.
import { el, send, statusLine } from "./dom.js";
import { parse } from "./json.js";
import { apology } from "./remedy.js";
import { openAll, tree } from "./tree.js";

// In longer responses only the top level is unfolded.
const LARGE = 512 * 1024;
const facts = JSON.parse(document.getElementById("tool").textContent);
const address = document.getElementById("address");
const raw = document.getElementById("answer");
const answer = document.getElementById("tree");

function drawAnswer(text) {
  let node;
  try { node = parse(text); } catch { return; } // Shown as it was sent.
  const made = tree(node, { ...facts, large: text.length > LARGE });
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
  // Only URLs of this API are opened from here.
  if (url.origin === location.origin && url.pathname.startsWith("/api")) location.assign(url);
  else address.setCustomValidity("A URL of this API starts with /api/."), address.reportValidity();
}

// --- tools: a button each, one panel at a time ---

const listPath = facts.model ? `/api/${facts.portal}/${facts.model}/` : "/api/";
const path = location.pathname.replace(/\/?$/, "/");

function tools() {
  const found = [];
  if (facts.shown && facts.status !== 401 && facts.status !== 404) found.push(["Query", queryPanel]);
  found.push(["Code", getCode]);
  if (facts.model && facts.status !== 401) found.push(["Describe", description]);
  const [write, ...rest] = facts.methods;
  if (write === "POST") found.push([facts.below || facts.record ? label(facts.below || facts.record) : "Add", () => form(write, path, facts.below || facts.record)]);
  if (write === "PATCH") found.push(["Change", () => form(write, path, "", [write, ...rest.filter((one) => one !== "DELETE")])]);
  for (const action of facts.actions) found.push([label(action), () => form("POST", `${path}${action}/`, action)]);
  return found;
}

async function remove() {
  const { askToDelete } = await import("./remove.js");
  await askToDelete(facts, path, listPath);
}

const label = (action) => action[0].toUpperCase() + action.slice(1).replaceAll("_", " ");

async function form(method, where, action, methods) {
  const { writer } = await import("./write.js");
  const verb = { POST: action ? label(action) : "Add", PATCH: "Save" }[method];
  return writer(facts, { method, methods, path: where, action, label: verb });
}

async function queryPanel() {
  const { builder } = await import("./builder.js");
  const panel = builder(facts, new URL(address.value, location.href).search, (query) => {
    address.value = location.pathname + (query ? `?${query}` : "");
    address.dispatchEvent(new Event("written"));
  });
  return el("form", { class: "api-form", onsubmit: followAddress }, panel,
    el("div", { class: "actions" }, el("button", { class: "primary" }, "Run the query")));
}

async function getCode() {
  const { codePanel } = await import("./code.js");
  const { portal, model, record, below } = facts;
  const panel = codePanel(() => ({ method: "GET", url: address.value, base: location.origin, place: { portal, model, record, below }, body: null }));
  for (const happened of ["input", "written"]) address.addEventListener(happened, panel.refresh);
  return panel;
}

async function description() {
  const answer = await send("OPTIONS", location.pathname);
  const head = el("p", { class: "api-line" }, el("span", { class: "api-method" }, "OPTIONS"), el("code", {}, location.pathname));
  const allow = answer.headers.get("Allow");
  return el("div", { class: "api-form" }, head, statusLine(answer), allow ? el("p", { class: "muted" }, `Allow: ${allow}`) : "", tree(parse(answer.text), { ...facts, shown: "" }));
}

function drawTools() {
  const bar = document.getElementById("tools");
  const panels = document.getElementById("panels");
  const buttons = [];
  tools().forEach(([name, make], number) => {
    const panel = el("section", { class: "api-panel", id: `panel-${number}`, "aria-label": name, hidden: true });
    const button = el("button", { type: "button", "aria-expanded": "false", "aria-controls": panel.id, onclick: async () => {
      const opened = button.getAttribute("aria-expanded") === "false";
      for (const other of buttons) other.setAttribute("aria-expanded", String(other === button && opened));
      for (const other of panels.children) other.hidden = other !== panel || !opened;
      if (!opened || panel.dataset.made) return;
      panel.dataset.made = "yes";
      try { panel.replaceChildren(await make()); } catch (error) {
        delete panel.dataset.made;
        panel.replaceChildren(el("div", { class: "api-form" }, apology(error, facts)));
      }
    } }, name);
    buttons.push(button);
    bar.append(button);
    panels.append(panel);
  });
  if (facts.methods.includes("DELETE")) {
    bar.append(el("button", { type: "button", class: "danger", onclick: remove }, "Delete"));
  }
  bar.hidden = false;
}

function start() {
  address.readOnly = false;
  address.addEventListener("input", () => address.setCustomValidity(""));
  document.getElementById("request").addEventListener("submit", followAddress);
  document.querySelector("#request button").hidden = false;
  drawTools();
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
