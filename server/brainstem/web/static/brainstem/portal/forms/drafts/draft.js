// The draft of a form: kept at the server two seconds after a change, and in this browser until the server has it.
// Each page has a draft of its own, so two tabs do not overwrite each other; a draft that it continues is deleted once
// its own is kept, unless that was written again. The server deletes what the form names in `_draft` when it is saved.
import { fetched } from "../../../ui/documents.js";
import { offerHere } from "./here.js";
import { Server } from "./server.js";
import { forget, keep, unsentOf } from "./unsent.js";

const PAUSE = 2000;
const SOON = 300;
const AGAIN = 15000;
const PATIENCE = 3000;
const LONG = 10000; // a form that was sent, and is still here after so many ms, was probably stopped
const MOST_LEAVING = 60000; // what browsers send for a page that is gone
const CHANGES = ["input", "change", "click", "keyup", "dragend", "drawn"];
const LEFT_OUT = ["csrfmiddlewaretoken", "_do", "_draft"];
const HELD = ["away", "out", "other"];
const SAID = {
  away: "The server cannot be reached. What you write is kept in this browser until it is back.",
  out: "You are signed out. What you write is kept in this browser.",
  other: "Somebody else is signed in now. What you write is kept in this browser for you.",
  refused: "Kept in this browser only: the server does not take this draft.",
  lost: "No draft can be kept. Save the form before you leave.",
};

export function keepDrafts(form) {
  new Draft(form).begin();
}

class Draft {
  constructor(form) {
    const { person, place } = form.dataset;
    Object.assign(this, { form, person, place, name: newName(), version: "", timer: 0, soon: 0, isSending: false, isSaved: false, isAsking: false });
    this.server = new Server(form);
    this.line = form.querySelector("[data-draft-line]");
    this.before = [...form.querySelectorAll(":scope > input[name=_draft]")].map((input) => input.defaultValue);
    // A form that was refused, or asks about a conflict, holds what may be in no draft yet.
    this.known = document.getElementById("problems") || form.querySelector(".conflict") ? "" : this.textOf();
    this.running = Promise.resolve("");
  }

  begin() {
    const { form } = this;
    for (const kind of CHANGES) form.addEventListener(kind, () => this.changed());
    form.addEventListener("drawn", () => this.mark());
    form.addEventListener("submit", (event) => this.submitted(event), { capture: true });
    form.addEventListener("refused", () => this.reopened());
    window.addEventListener("pageshow", (event) => event.persisted && this.reopened());
    window.addEventListener("online", () => this.save());
    window.addEventListener("focus", () => this.again && this.save());
    window.addEventListener("pagehide", () => this.leave());
    document.addEventListener("visibilitychange", () => document.hidden && this.leave());
    if (this.known === "") this.changed();
    this.sendUnsent();
  }

  get key() {
    return `${this.place}.${this.name}`;
  }

  // What the form holds, as text.
  textOf() {
    const all = [...new FormData(this.form)];
    const pairs = all.filter(([name, value]) => typeof value === "string" && !LEFT_OUT.includes(name));
    const files = all.filter(([, value]) => value instanceof File && value.name).map(([name, file]) => [name, file.name]);
    const title = document.querySelector("h1")?.textContent ?? "";
    return JSON.stringify({ title, pairs, files: Object.fromEntries(files) });
  }

  get isDirty() {
    return this.textOf() !== this.known;
  }

  changed() {
    if (this.isSaved) return;
    this.timer ||= setTimeout(() => this.save(), PAUSE);
    this.soon ||= setTimeout(() => this.keepHere(), SOON);
  }

  // In this browser, at once.
  keepHere() {
    clearTimeout(this.soon);
    this.soon = 0;
    const text = this.textOf();
    if (text === this.known) return "";
    if (text !== this.written?.text) this.written = { text, content: JSON.stringify({ at: Date.now(), ...JSON.parse(text) }) };
    this.isKept = keep(this.person, this.key, this.written.content, this.version);
    return this.written.content;
  }

  // At the server, one after the other; "", or the reason why it is not there.
  save(options = {}) {
    clearTimeout(this.timer);
    this.timer = 0;
    this.running = this.running.then(() => this.send(options));
    return this.running;
  }

  async send(options) {
    clearTimeout(this.again);
    this.again = 0;
    const content = this.isSaved ? "" : this.keepHere();
    if (!content) return "";
    const { text } = this.written;
    this.isSending = true;
    const answer = await this.server.put(this.key, content, options);
    this.isSending = false;
    if (this.isSaved && answer.why) return answer.why;
    if (answer.why) {
      if (answer.why !== "refused") this.again = setTimeout(() => this.save(), AGAIN);
      this.say(this.isKept ? answer.why : "lost");
      return answer.why;
    }
    Object.assign(this, { known: text, version: answer.version });
    forget(this.person, this.key, content);
    this.mark();
    this.readdress();
    this.say("");
    await this.replace();
    return "";
  }

  // The page is hidden, or left.
  leave() {
    if (this.isSaved || !this.isDirty) return;
    const content = this.keepHere();
    if (!this.isSending) this.save({ leaving: content.length < MOST_LEAVING });
  }

  // The drafts that this one continues are not needed any longer.
  async replace() {
    for (const mark of [...this.before]) {
      const [name, version] = mark.split(" ");
      if (!(await this.server.remove(`${this.place}.${name}`, version && `"${version}"`))) continue;
      this.before = this.before.filter((one) => one !== mark);
      this.mark();
    }
  }

  // Opened again, the address of a continued draft leads to what was written since.
  readdress() {
    const here = new URL(location.href);
    if (!here.searchParams.has("_draft")) return;
    here.searchParams.set("_draft", this.name);
    history.replaceState(history.state, "", here);
  }

  // What ends when the form is saved: this draft too, of which the server may have heard without our knowing.
  mark() {
    for (const input of this.form.querySelectorAll(":scope > input[name=_draft]")) input.remove();
    for (const value of [...(this.written ? [this.name] : []), ...this.before]) {
      this.form.prepend(Object.assign(document.createElement("input"), { type: "hidden", name: "_draft", value }));
    }
  }

  // -- saving the form -----------------------------------------------------------------------------------------------

  // The last words are kept before the form is sent, so that it is not sent into the void.
  async submitted(event) {
    if (this.isPassing || (!this.isDirty && !this.isSending)) return this.leaveWith();
    event.preventDefault();
    event.stopImmediatePropagation();
    if (this.isAsking) return;
    this.isAsking = true;
    this.form.setAttribute("aria-busy", "true");
    const why = await Promise.race([this.save(), new Promise((done) => setTimeout(done, PATIENCE, "late"))]);
    this.form.removeAttribute("aria-busy");
    this.isAsking = false;
    if (HELD.includes(why)) return this.say(why, "Not saved yet. ");
    // The server answers, so it gets the form itself; a copy of what is saved would be offered again.
    if (why === "late") this.server.stop();
    else if (this.written) forget(this.person, this.key, this.written.content);
    this.mark();
    this.isPassing = true;
    this.form.requestSubmit(event.submitter);
    this.isPassing = false;
  }

  // Nothing is kept any more while the form is being saved, or its draft would outlive that.
  leaveWith() {
    this.isSaved = true;
    for (const timer of [this.timer, this.soon, this.again]) clearTimeout(timer);
    this.timer = this.soon = this.again = 0;
    setTimeout(() => this.reopened(), LONG);
  }

  reopened() {
    if (!this.isSaved) return;
    this.isSaved = false;
    this.changed();
  }

  // -- words ---------------------------------------------------------------------------------------------------------

  say(why, before = "") {
    const files = [...this.form.querySelectorAll("input[type=file]")].some((input) => input.files.length);
    const saved = `Saved as a draft at ${this.clock(Date.now())}${files ? ", without the chosen file" : ""}`;
    const text = before + (why ? SAID[why] : saved);
    if (this.line.dataset.says === text) return;
    this.line.dataset.says = text;
    this.line.className = before ? "error" : "help";
    this.line.replaceChildren(text, ...(why === "out" ? [" ", this.signIn()] : []));
  }

  signIn() {
    return Object.assign(document.createElement("a"), { href: this.form.dataset.signIn, target: "_blank", textContent: "Sign in in another tab" });
  }

  get zone() {
    return this.form.elements._zone?.value || "UTC";
  }

  clock(at) {
    return new Date(at).toLocaleTimeString(this.form.dataset.clock, { timeStyle: "short", timeZone: this.zone });
  }

  // -- what an earlier page could not send -----------------------------------------------------------------------------

  async sendUnsent() {
    const left = unsentOf(this.person);
    const there = left.length ? await this.server.versions() : null;
    const here = [];
    let isNew = false;
    for (const one of there ? left : []) {
      const why = await this.sendOne(one, there.get(one.key) ?? "");
      if (!why) forget(this.person, one.key, one.content);
      if (!one.key.startsWith(`${this.place}.`)) continue;
      if (why === "refused") here.push(one);
      isNew ||= !why;
    }
    if (isNew) await this.offer();
    for (const one of here) offerHere(this.form, one, { when: this.whenOf(one.at), kept: () => this.keepHere() });
  }

  whenOf(at) {
    const [locale, month = "2-digit"] = this.form.dataset.dates.split(" ");
    const style = { day: month === "short" ? "numeric" : "2-digit", month, year: "numeric", timeZone: this.zone };
    const day = (moment) => new Date(moment).toLocaleDateString(locale, style);
    return `${day(at) === day(Date.now()) ? "" : `on ${day(at)} `}at ${this.clock(at)}`;
  }

  // The page may have sent it when it was left; or it is still open, and has written since: that is not overwritten.
  async sendOne({ key, content, version }, now) {
    if (!now || now === version) {
      const answer = await this.server.put(key, content, { expected: now });
      if (answer.status !== 412) return answer.why;
    }
    if (await this.server.has(key, content)) return "";
    const other = `${key.slice(0, key.lastIndexOf("."))}.${newName()}`;
    return (await this.server.put(other, content)).why;
  }

  async offer() {
    const page = await fetched(location.href).catch(() => null);
    const drawn = page?.querySelector("[data-drafts]");
    if (drawn && !new URL(location.href).searchParams.has("_draft")) document.querySelector("[data-drafts]").replaceWith(drawn);
  }
}

function newName() {
  return [...crypto.getRandomValues(new Uint8Array(10))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
