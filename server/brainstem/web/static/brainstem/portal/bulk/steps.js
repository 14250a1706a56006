// A change in steps: one after the other is asked for by itself, until all are done, one is refused, or somebody stops it.
// What a step did is kept on the server: leaving the page only stops what comes after the present step.
"use strict";

import { ask } from "../../ui/documents.js";

let going = false;
const part = (page) => page?.querySelector("[data-change]");

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-next]") || event.submitter?.value === "again") return;
  event.preventDefault();
  if (!going) run(form, event.submitter?.value ?? "apply");
});
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-stop]")) return;
  going = false;
  event.target.closest("[data-stop]").disabled = true;
});

// Whoever pressed the button before this script was there meant all steps, not only the one that the browser sent. What
// is opened by its address, reloaded or found again in the history waits for somebody to press the button.
const [{ type }] = performance.getEntriesByType("navigation");
const isSent = location.hash === "#go-on" && type === "navigate" && document.referrer === location.href.split("#")[0];
const next = document.querySelector("form[data-next]");
if (location.hash === "#go-on") history.replaceState(history.state, "", location.pathname + location.search);
if (isSent && next) run(next, "apply");

async function run(form, first) {
  going = true;
  for (const button of document.querySelectorAll("[data-stop]")) button.hidden = false;
  let action = first;
  for (let next = form; next && going; next = document.querySelector("form[data-next]")) {
    const sent = new FormData(next);
    sent.set("_do", action);
    action = "apply";
    next.setAttribute("aria-busy", "true");
    for (const button of next.querySelectorAll("button")) button.disabled = true;
    const { status, page } = await ask(next.action, sent).answer;
    if (!part(page)) return lost(next, status);
    show(page);
    if (status !== 200) break;
  }
  going = false;
  for (const button of document.querySelectorAll("[data-stop]")) button.hidden = true;
}

// The page as it is after a step, with the button that stops what follows.
function show(page) {
  const at = document.activeElement?.matches("[data-stop]");
  part(document).replaceWith(document.importNode(part(page), true));
  const stop = document.querySelector("[data-stop]");
  if (!stop) return;
  stop.hidden = !document.querySelector("form[data-next]");
  if (at && !stop.hidden) stop.focus();
}

// The server did not answer: what it has done is found by opening the page again.
function lost(form, status) {
  going = false;
  form.removeAttribute("aria-busy");
  for (const button of form.querySelectorAll("button")) button.disabled = false;
  const told = Object.assign(document.createElement("p"), { className: "error" });
  told.setAttribute("role", "alert");
  told.textContent = status
    ? "The server refused to go on. Reload the page to see how far it has come."
    : "The server cannot be reached. What is done is kept; go on once you are online.";
  form.append(told);
}
