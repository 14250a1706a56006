// What a person can do about an answer that is worded for programs.
import { el } from "./dom.js";
import { isSpent } from "./once.js";

const FORGED = "The request was not sent by a page of this server";

// A text or an element; null where the server's own words do.
export function remedy(answer, facts) {
  if (answer.status === 0) return "No answer came. Send it again: what was done is not done twice.";
  if (answer.status === 401) return signIn(facts);
  if (answer.status === 403 && answer.text.includes(FORGED)) return "This page is too old to send from. Reload the page.";
  if (isSpent(answer)) return "What you sent before was done, though its answer got lost. Look for it in the list before you send this.";
  return null;
}

// In another tab: what was written here stays.
function signIn(facts) {
  const link = el("a", { href: facts.sign_in, target: "_blank", rel: "noopener" }, "Sign in");
  return el("span", {}, "You are signed out. ", link, " in another tab, then try again here.");
}

// In place of something that could not be loaded.
export function apology(error, facts) {
  if (!error.answer) throw error;
  return el("p", { class: "note note-warning", role: "alert" }, remedy(error.answer, facts) ?? `This could not be loaded (${error.answer.status}).`);
}
