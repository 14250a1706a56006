// What users can do about a response that is worded for programs.
import { el } from "./dom.js";
import { isSpent } from "./once.js";

// A text or an element; null if the server's own message is enough.
export function remedy(answer, facts) {
  if (answer.status === 0) return "There was no response. Send it again: nothing is done twice.";
  if (answer.status === 401) return signIn(facts);
  if (answer.code === "csrf_failed") return "This page is out of date. Reload it and try again.";
  if (isSpent(answer)) return "Your earlier request was carried out, but its response was lost. Look for the record in the list before you send this.";
  return null;
}

// In another tab, so that what was entered here stays.
function signIn(facts) {
  const link = el("a", { href: facts.sign_in, target: "_blank", rel: "noopener" }, "Sign in");
  return el("span", {}, "You are signed out. ", link, " in another tab, then try again here.");
}

// Shown instead of something that could not be loaded.
export function apology(error, facts) {
  if (!error.answer) throw error;
  return el("p", { class: "note note-warning", role: "alert" }, remedy(error.answer, facts) ?? `This could not be loaded (${error.answer.status}).`);
}
