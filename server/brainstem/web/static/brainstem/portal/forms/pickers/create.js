// A new record in a dialog: the form that its page has, with what is needed first; then it is chosen in the form behind.
import { ask, fetched } from "../../../ui/documents.js";
import { listenToNow } from "../now.js";
import { listenToRich } from "../rich/fields.js";
import { listenToRows } from "../rows.js";
import { listenToTags } from "../tags.js";
import { whyNot } from "./ask.js";
import { inputOf, made } from "./dress.js";
import { listenToPickers } from "./main.js";

const PREFIX = "new-";
const NAMED = ["id", "for", "list", "aria-describedby", "aria-labelledby", "href"];

export async function create(combobox, box, url) {
  const page = await fetched(url).catch(() => null);
  const drawn = page?.querySelector("form[data-form]");
  if (!drawn) return combobox.say(box, "The form for a new record cannot be opened now.");
  return new Dialog(combobox, box, page).open();
}

class Dialog {
  constructor(combobox, box, page) {
    Object.assign(this, { combobox, id: inputOf(box).id });
    this.action = page.querySelector("form[data-form]").getAttribute("action");
    this.form = takenFrom(page);
    this.verb = page.querySelector(".form-foot button[value=save]").textContent;
    const title = made("h2", { id: `${PREFIX}title`, textContent: page.querySelector("h1").textContent });
    this.status = made("p", { className: "error", hidden: true }, { role: "alert" });
    this.form.append(this.status, this.foot(page));
    this.dialog = made("dialog", { className: "dialog combo-dialog" }, { "aria-labelledby": title.id });
    this.dialog.append(title, this.form);
  }

  foot(page) {
    const foot = made("div", { className: "combo-foot" });
    const button = (textContent, type, className) => made("button", { textContent, type, className: `btn ${className}` });
    this.more = button("More fields", "button", "btn-ghost");
    const cancel = button("Cancel", "button", "btn-ghost");
    const save = button(this.verb, "submit", "btn-primary");
    Object.assign(save, { name: "_do", value: "save" });
    foot.append(save, this.more, cancel);
    const proposes = page.querySelector(".form-foot button[value=save]").textContent === "Submit";
    if (proposes) foot.append(made("p", { className: "help", textContent: "Administrators decide on proposals. It can be chosen once they have approved it." }));
    this.more.addEventListener("click", () => this.unfold());
    cancel.addEventListener("click", () => this.leave());
    return foot;
  }

  open() {
    document.body.append(this.dialog);
    const { form } = this;
    listenToRows(form);
    listenToNow(form);
    listenToTags(form);
    listenToRich(form);
    listenToPickers(form);
    this.listen();
    this.fold();
    this.dialog.showModal();
    this.before = this.text;
    this.focusFirst();
  }

  listen() {
    const { form, dialog } = this;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send("save");
    });
    form.addEventListener("change", (event) => event.target.matches("[data-redraws]") && this.send("redraw"));
    form.addEventListener("click", (event) => {
      const button = event.target.closest("button[name=_do]:not([value=save])");
      if (!button || event.defaultPrevented) return;
      event.preventDefault();
      this.send(button.value);
    });
    dialog.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.send("save");
      else if (event.key === "Escape" && !event.defaultPrevented) this.leave();
      else return;
      event.preventDefault();
    });
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.leave();
    });
  }

  get text() {
    return JSON.stringify([...new FormData(this.form)].filter(([name, value]) => typeof value === "string" && !name.startsWith("_")));
  }

  leave() {
    if (this.text === this.before || window.confirm("Discard what you typed for the new record?")) this.close();
  }

  close() {
    this.dialog.close();
    this.dialog.remove();
    this.input?.focus();
  }

  // The combobox may have been drawn again meanwhile.
  get input() {
    return document.getElementById(this.id);
  }

  async send(action) {
    const sent = new FormData(this.form);
    sent.set("_do", action);
    this.form.setAttribute("aria-busy", "true");
    const answer = await ask(this.action, sent, { "Brainstem-Form": "dialog" }).answer;
    this.form.removeAttribute("aria-busy");
    const done = answer.status === 200 && answer.page?.querySelector("[data-made]");
    if (done) return this.finish(done);
    const drawn = answer.page?.querySelector("form[data-form]");
    this.status.hidden = Boolean(drawn);
    if (!drawn) return void (this.status.textContent = whyNot(answer));
    return this.draw(answer.page);
  }

  draw(page) {
    const at = document.activeElement?.id;
    const made = takenFrom(page);
    for (const hidden of this.form.querySelectorAll(":scope > input[type=hidden]")) hidden.remove();
    this.form.prepend(...made.querySelectorAll(":scope > input[type=hidden]"));
    this.form.querySelector("[data-redrawn]").replaceWith(made.querySelector("[data-redrawn]"));
    this.form.dispatchEvent(new CustomEvent("drawn"));
    if (!this.isUnfolded) this.fold();
    const problems = this.form.querySelector(`#${PREFIX}problems`);
    (problems ?? document.getElementById(at) ?? this.form.querySelector("input:not([type=hidden])"))?.focus();
  }

  finish(done) {
    const box = this.input?.closest("[data-combo]");
    this.close();
    if (!box) return;
    const { id, label } = done.dataset;
    if (id) this.combobox.take(box, { id, label });
    this.combobox.say(box, [...done.querySelectorAll("p")].map((one) => one.textContent).join(" "));
  }

  // What is needed stands first; what is not is shown on demand, and whatever holds something already, or is wrong.
  fold() {
    for (const field of this.form.querySelectorAll(".grid > *")) {
      const needed = field.querySelector(":scope > label .opt, :scope > legend .opt, [data-redraws]:not(.narrow *), .error, .kept");
      const holds = [...field.querySelectorAll("input[type=text], textarea")].some((one) => one.defaultValue);
      field.hidden = !needed && !holds;
    }
    for (const section of this.form.querySelectorAll(".form-section")) {
      section.hidden = !section.querySelector(".grid > :not([hidden])");
    }
    this.more.hidden = !this.form.querySelector(".grid > [hidden]");
  }

  unfold() {
    this.isUnfolded = true;
    const first = this.form.querySelector(".grid > [hidden]");
    for (const one of this.form.querySelectorAll(".form-section, .grid > *")) one.hidden = false;
    this.more.hidden = true;
    first?.querySelector("input:not([type=hidden]), select:not([hidden]), textarea")?.focus();
  }

  focusFirst() {
    const empty = [...this.form.querySelectorAll(".grid input:not([type=hidden]), .grid select, .grid textarea")].filter((one) => one.checkVisibility());
    (empty.find((one) => !one.value) ?? empty[0])?.focus();
  }
}

// The form of a page with names of its own, as the form behind has the same ones.
function takenFrom(page) {
  const form = document.importNode(page.querySelector("form[data-form]"), true);
  for (const name of ["data-form", "data-place", "data-person", "id"]) form.removeAttribute(name);
  form.querySelector(".form-foot").remove();
  form.querySelector(".form-default").remove();
  for (const element of form.querySelectorAll("*")) {
    for (const name of NAMED) {
      const text = element.getAttribute(name);
      if (!text || (name === "href" && !text.startsWith("#"))) continue;
      const renamed = name === "href" ? `#${PREFIX}${text.slice(1)}` : text.split(" ").map((one) => PREFIX + one).join(" ");
      if (element.namespaceURI === "http://www.w3.org/1999/xhtml") element.setAttribute(name, renamed);
    }
  }
  return form;
}
