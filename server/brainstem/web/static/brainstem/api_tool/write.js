// Forms that write: fields or JSON, sent as the signed-in user, with the response of the server.
import { el, load, send, statusLine, whileDisabled } from "./dom.js";
import { codePanel } from "./code.js";
import { inputsOf, Wrong } from "./fields.js";
import { format, get, parse } from "./json.js";
import { describe } from "./models.js";
import { Once } from "./once.js";
import { remedy } from "./remedy.js";
import { tree } from "./tree.js";

const EXAMPLES = {
  invite: { email: "", message: "" }, join: { message: "" }, accept: { comment: "" }, reject: { comment: "" },
  request_revision: { comment: "" }, add_entry: { date_time: "", details: {} }, change_entry: { date_time: "", details: {} },
  remove_entry: { date_time: "" }, bulk: { create: [], update: [], delete: [] },
};
const EMPTY = { m2m: [], tags: [], fk: null, json: {}, boolean: false, integer: 0, positive_integer: 0, number: 0 };

// facts: those of the page. what: {method, path, action} of the request to send.
export async function writer(facts, what) {
  // If the description cannot be loaded, loading it again raises the error to show.
  const about = what.action ? null : await describe(facts.portal, facts.model) ?? await load(`/api/${facts.portal}/${facts.model}/`, "OPTIONS");
  const record = what.method === "POST" ? null : await present(about, what.path);
  return new Form({ ...facts, writes: facts.model }, what, about, record).element;
}

// The record as it is, without the includes of the page's query.
async function present(about, path) {
  const body = await load(path);
  return body[about.singular_key] ?? Object.values(body)[0];
}

class Form {
  constructor(facts, what, about, record) {
    Object.assign(this, { facts, what, about, record });
    this.method = what.method;
    this.once = new Once();
    this.inputs = about ? inputsOf(about, facts, () => this.changed()) : [];
    this.inputs.forEach((one) => one.write(record ? record[one.name] : about.fields[one.name].default));
    this.text = el("textarea", { class: "mono api-body", "aria-label": "Body", spellcheck: "false", rows: "14",
      value: JSON.stringify(this.prefilled(), null, 2), oninput: () => this.changed() });
    this.errors = el("ul", { class: "errorlist nonfield", hidden: true });
    this.result = el("div", { class: "api-result", "aria-live": "polite" });
    this.fields = el("div", { class: "api-fields" }, ...this.inputs.map((one) => one.element));
    this.raw = el("div", {}, this.text);
    this.code = codePanel(() => this.request());
    // The second click of a double click is ignored.
    this.button = el("button", { class: "primary", onclick: (event) => { if (event.detail > 1) event.preventDefault(); } }, what.label);
    this.element = this.draw();
    this.show(about ? "fields" : "json");
  }

  draw() {
    this.views = ["fields", "json"].map((view) => el("button", { type: "button", class: "small", "data-view": view, onclick: () => this.show(view) },
      view === "fields" ? "Fields" : "JSON"));
    const way = el("select", { "aria-label": "Method", class: "api-way", onchange: () => { this.method = way.value; this.changed(); } },
      ...(this.what.methods ?? [this.method]).map((name) => el("option", { value: name }, name)));
    const head = el("p", { class: "api-line" }, way.options.length > 1 ? way : el("span", { class: "api-method" }, this.method), el("code", {}, this.what.path));
    return el("form", { class: "api-form", novalidate: true, onsubmit: (event) => this.sent(event) }, head,
      this.about ? el("div", { class: "actions", role: "group", "aria-label": "How to write it" }, ...this.views) : "",
      el("div", { role: "alert" }, this.errors), this.fields, this.raw,
      el("details", { class: "api-code" }, el("summary", {}, "Code"), this.code),
      el("div", { class: "actions" }, this.button), this.result);
  }

  // The initial text of the JSON editor.
  prefilled() {
    if (!this.about) return EXAMPLES[this.what.action] ?? {};
    const fields = this.inputs.filter((one) => !one.isFile);
    if (this.record) return Object.fromEntries(fields.filter((one) => one.name in this.record).map((one) => [one.name, this.record[one.name]]));
    const required = fields.filter((one) => one.field.required);
    return Object.fromEntries(required.map((one) => [one.name, one.field.choices?.[0]?.value ?? EMPTY[one.field.type] ?? ""]));
  }

  show(view) {
    if (view === "json" && this.view === "fields") this.intoText();
    if (view === "fields" && this.view === "json" && !this.fromText()) return;
    this.view = view;
    this.fields.hidden = view !== "fields";
    this.raw.hidden = view !== "json";
    for (const button of this.views) button.setAttribute("aria-pressed", String(button.dataset.view === view));
    this.code.refresh();
  }

  intoText() {
    const touched = this.inputs.filter((one) => one.touched && !one.isFile);
    if (!touched.length) return;
    try { this.text.value = JSON.stringify({ ...JSON.parse(this.text.value), ...this.values(touched) }, null, 2); } catch { /* It is told when sent. */ }
  }

  // Copies the JSON into the fields; false if it is not valid JSON.
  fromText() {
    let body;
    try { body = JSON.parse(this.text.value || "{}"); } catch (error) { return this.refuse({ JSON: [error.message] }), false; }
    for (const one of this.inputs) {
      if (one.isFile || !(one.name in body)) continue;
      const before = JSON.stringify(this.record?.[one.name] ?? (this.record ? null : undefined));
      one.write(body[one.name]);
      one.touched = this.record ? JSON.stringify(body[one.name]) !== before : !isEmpty(body[one.name]);
    }
    return true;
  }

  values(inputs) {
    const found = {};
    for (const one of inputs) {
      try { found[one.name] = one.read(); } catch (error) {
        if (!(error instanceof Wrong)) throw error;
        throw Object.assign(error, { field: one.name });
      }
    }
    return found;
  }

  // The body as a node: the changed fields (PUT: all fields), or the JSON itself.
  body() {
    if (this.view === "json") return parse(this.text.value.trim() || "{}");
    const all = this.inputs.filter((one) => !one.isFile && (one.touched || (this.method === "PUT" && !isEmpty(one.read()))));
    return parse(JSON.stringify(this.values(all)));
  }

  request() {
    const { portal, model, record, below } = this.facts;
    const action = this.what.action && this.what.action !== "bulk" ? this.what.action : below;
    return { method: this.method, url: this.what.path, base: location.origin, place: { portal, model, record, below: action }, body: this.body() };
  }

  changed() { this.code.refresh(); }

  async sent(event) {
    event.preventDefault();
    this.result.replaceChildren();
    let body;
    try { body = this.body(); } catch (error) { return this.refuse({ [error.field ?? "JSON"]: [error.message] }); }
    const files = this.view === "fields" ? this.inputs.filter((one) => one.isFile && one.file()) : [];
    if (this.about && this.record && this.method === "PATCH" && !body.entries?.length && !files.length) {
      return this.refuse({ "": ["Nothing has been changed yet."] });
    }
    this.answered(await whileDisabled(this.button, () => this.deliver(body, files)));
  }

  async deliver(body, files) {
    const json = format(body);
    const about = files.map((one) => [one.name, one.file().name, one.file().size, one.file().lastModified]);
    const key = this.method === "POST" ? this.once.keyOf(JSON.stringify([json, about])) : null;
    const answer = await send(this.method, this.what.path, files.length ? { form: asForm(body, files), key } : { json, key });
    this.once.heard(answer);
    return answer;
  }

  answered(answer) {
    let node = null;
    try { node = parse(answer.text); } catch { /* An answer without a body, or none of JSON. */ }
    const words = remedy(answer, this.facts);
    this.refuse(answer.good ? {} : words ? { "": [words] } : messages(node, answer));
    const again = answer.headers.get("Idempotency-Replayed") === "true";
    this.result.replaceChildren(statusLine(answer, answer.headers.get("Location")),
      again ? el("p", { class: "muted" }, "This has already been sent, and is not done twice. Change something to send it again.") : "",
      node && !words ? tree(node, { ...this.facts, shown: this.facts.model }) : "");
    // After an addition, everything is sent again together with later changes.
    if (answer.good && this.record) this.inputs.forEach((one) => { one.touched = false; });
  }

  // Messages are shown next to their fields; those without a field are shown at the top.
  refuse(told) {
    const beside = new Set();
    for (const one of this.inputs) {
      const mine = this.view === "fields" ? told[one.name] ?? [] : [];
      one.say(mine);
      if (mine.length) beside.add(one.name);
    }
    const rest = Object.entries(told).filter(([name]) => !beside.has(name));
    this.errors.replaceChildren(...rest.flatMap(([name, list]) => list.map((message) =>
      el("li", {}, name && !["non_field_errors", "detail"].includes(name) ? el("code", {}, name) : "", name ? " " : "", message))));
    this.errors.hidden = !rest.length;
    this.element?.querySelector("[aria-invalid=true]:not([hidden])")?.focus();
  }
}

const isEmpty = (value) => value === null || value === undefined || value === "" || (typeof value === "object" && !Object.keys(value).length);

function messages(node, answer) {
  if (node?.kind !== "object" || get(node, "errors")) return { detail: [`The server refused this (${answer.status}).`] };
  const texts = (one) => (one.kind === "array" ? one.items.map((item) => item.text ?? format(item)) : [one.text ?? format(one)]);
  return Object.fromEntries(node.entries.map(([name, one]) => [name, texts(one)]));
}

// Lists by repeating a name, objects as JSON, as the server reads forms.
function asForm(body, files) {
  const form = new FormData();
  for (const [name, one] of body.entries) {
    form.append(name, one.kind === "string" ? one.text : one.kind === "null" ? "" : format(one));
  }
  for (const one of files) form.append(one.name, one.file());
  return form;
}
