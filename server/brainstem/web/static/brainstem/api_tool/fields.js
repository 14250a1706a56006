// One input per writable field of a model, which reads and writes the JSON of its value.
import { el, load, option } from "./dom.js";
import { isMany } from "./models.js";
import { NUMBERS, labelOf, suggesting } from "./values.js";

const LONG = ["text", "richtext"];
const FILES = ["image", "file"];
let made = 0;

export class Wrong extends Error {}

// fields: {name, touched, file, read(), write(value), element, say(messages)}
export function inputsOf(about, facts, changed) {
  return Object.entries(about.fields).filter(([, field]) => !field.read_only).map(([name, field]) => one(name, field, facts, changed));
}

function one(name, field, facts, changed) {
  const id = `field-${++made}`;
  const control = controlOf(name, field, facts, id);
  const errors = el("ul", { class: "errorlist", id: `${id}-errors`, hidden: true });
  const element = el("div", { class: "field" },
    el("label", { for: id }, name, field.required ? el("span", { class: "muted" }, " required") : ""),
    control.element, field.help_text ? el("div", { class: "help", id: `${id}-help` }, field.help_text) : "", errors);
  const input = element.querySelector(`#${id}`);
  input.setAttribute("aria-describedby", `${id}-help ${id}-errors`);
  const made_ = {
    name, field, element, touched: false, isFile: FILES.includes(field.type),
    file: () => input.files?.[0] ?? null,
    read: control.read,
    write: (value) => { control.write(value); made_.touched = false; },
    say: (messages) => {
      errors.replaceChildren(...messages.map((message) => el("li", {}, message)));
      errors.hidden = !messages.length;
      input.setAttribute("aria-invalid", String(messages.length > 0));
    },
  };
  const touch = () => { made_.touched = true; changed(); };
  element.addEventListener("input", touch);
  element.addEventListener("change", touch);
  return made_;
}

function controlOf(name, field, facts, id) {
  if (FILES.includes(field.type)) return { element: el("input", { id, type: "file" }), read: () => undefined, write: () => {} };
  if (field.choices) return choices(field, id);
  if (field.type === "boolean") return choices({ ...field, choices: [{ value: true, label: "true" }, { value: false, label: "false" }] }, id);
  if (isMany(field)) return many(name, field, facts, id);
  if (field.type === "tags") return tags(id);
  if (field.type === "fk") return related(name, field, facts, id);
  if (field.type === "json") return json(id);
  if (NUMBERS.includes(field.type)) return plain(el("input", { id, type: "number", step: "any" }), (text) => (text === "" ? null : Number(text)));
  if (field.type === "date") return plain(el("input", { id, type: "date" }), (text) => text || null);
  const hint = { datetime: "2025-06-01T10:00:00Z", duration: "00:30:00" }[field.type] ?? null;
  const input = LONG.includes(field.type) ? el("textarea", { id, rows: "3" }) : el("input", { id, placeholder: hint, maxlength: field.max_length ?? null });
  return plain(input, (text) => (text === "" && (field.nullable || hint) ? null : text));
}

function plain(input, parse) {
  return { element: input, read: () => parse(input.value), write: (value) => { input.value = value ?? ""; } };
}

function choices(field, id) {
  const select = el("select", { id }, option("", field.required ? "choose" : "none"),
    ...field.choices.map((one) => option(String(one.value), one.label || String(one.value))));
  return {
    element: select,
    read: () => {
      const found = field.choices.find((one) => String(one.value) === select.value);
      return found ? found.value : field.nullable || field.type === "boolean" ? null : "";
    },
    write: (value) => { select.value = value === null || value === undefined ? "" : String(value); },
  };
}

function tags(id) {
  const input = el("input", { id, placeholder: "one, other" });
  return {
    element: input,
    read: () => input.value.split(",").map((one) => one.trim()).filter(Boolean),
    write: (value) => { input.value = (value ?? []).join(", "); },
  };
}

function json(id) {
  const input = el("textarea", { id, rows: "4", class: "mono", spellcheck: "false" });
  return {
    element: input,
    read: () => {
      if (!input.value.trim()) return null;
      try { return JSON.parse(input.value); } catch (error) { throw new Wrong(`This is not valid JSON: ${error.message}`); }
    },
    write: (value) => { input.value = value === undefined || value === null ? "" : JSON.stringify(value, null, 2); },
  };
}

// Choices come from the options of the field, which list what may be referred to.
function chooser(name, field, facts, id) {
  const options = `/api/${facts.portal}/${facts.writes}/options/?field=${encodeURIComponent(name)}&`;
  return suggesting(facts.portal, { ...field, options }, { id });
}

const UUID = /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;

// The id for a text: the text itself, or that of the offered record with this name; null if it is neither.
function idOf(field, input) {
  const text = input.value.trim();
  const offered = [...input.companion.options].find((one) => one.value === text || one.text === text);
  const found = offered ? offered.value : text;
  if (field.related_id === "integer") return /^\d+$/.test(found) ? Number(found) : null;
  return UUID.test(found) ? found : null;
}

function meant(field, input) {
  const found = idOf(field, input);
  if (found === null) throw new Wrong(`'${input.value.trim()}' is not one of the records offered. Choose one, or enter its id.`);
  return found;
}

function related(name, field, facts, id) {
  const input = chooser(name, field, facts, id);
  return {
    element: el("span", {}, input, input.companion),
    read: () => (input.value.trim() ? meant(field, input) : null),
    write: (value) => { input.value = value ?? ""; },
  };
}

function many(name, field, facts, id) {
  const input = chooser(name, field, facts, id);
  const list = el("ul", { class: "chosen" });
  let values = [];
  const tell = () => list.dispatchEvent(new Event("change", { bubbles: true }));
  const draw = () => list.replaceChildren(...values.map((value) => {
    const label = el("code", {}, String(value));
    nameInstead(facts.portal, field, value, label);
    return el("li", {}, label, el("button", { type: "button", class: "small", "aria-label": `Remove ${value}`, onclick: () => {
      values = values.filter((one) => one !== value);
      draw();
      tell();
    } }, "×"));
  }));
  const take = () => {
    const found = input.value.trim() ? idOf(field, input) : null;
    if (found === null) return;
    if (!values.includes(found)) values = [...values, found];
    input.value = "";
    draw();
    tell();
  };
  // Added when a suggestion is picked or Enter is pressed, but not on leaving the field: the page must not move under a click.
  input.addEventListener("input", (event) => {
    if (!event.inputType || event.inputType === "insertReplacementText") take();
  });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    take();
  });
  return {
    element: el("span", {}, list, input, input.companion),
    read: () => (input.value.trim() ? [...values, meant(field, input)] : values),
    write: (value) => { values = [...(value ?? [])]; draw(); },
  };
}

const names = new Map();

async function nameInstead(portal, field, value, label) {
  const url = `/api/${portal}/${field.related}/${encodeURIComponent(value)}/`;
  if (!names.has(url)) names.set(url, load(url).then((body) => labelOf(Object.values(body)[0]), () => null));
  const name = await names.get(url);
  if (name) label.replaceWith(el("a", { href: url }, name));
}
