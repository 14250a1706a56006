// Inputs for values that fit the type of a field, for filters and for forms.
import { el, load, option } from "./dom.js";

const NUMBERS = ["integer", "positive_integer", "number"];
let lists = 0;

// An input for the value of a filter; its ``value`` is the text in the URL.
export function filterInput(portal, field, operator, value) {
  const attributes = { "aria-label": "Value" };
  if (operator === "isnull" || (field.type === "boolean" && operator !== "in")) {
    return choice([["true", operator === "isnull" ? "yes" : "true"], ["false", operator === "isnull" ? "no" : "false"]], value || "true", attributes);
  }
  if (field.choices && (operator === "eq" || operator === "ne")) {
    return choice(field.choices.map((one) => [one.value, one.label]), value, attributes);
  }
  if (operator === "in" || operator === "range") {
    return el("input", { ...attributes, value, placeholder: operator === "in" ? "one,other" : "from,to" });
  }
  if (field.related) return suggesting(portal, field, { ...attributes, value });
  return typed(["year", "month", "day"].includes(operator) ? "integer" : field.type, value, attributes);
}

function choice(pairs, value, attributes) {
  const known = pairs.some(([one]) => String(one) === value);
  const made = el("select", attributes, ...pairs.map(([one, label]) => option(String(one), label || String(one), String(one) === value)));
  if (!known && value) made.prepend(option(value, value, true));
  return made;
}

// A date input for dates; a text input if the value does not fit a date input.
function typed(type, value, attributes) {
  const kind = NUMBERS.includes(type) ? "number" : type === "date" || type === "datetime" ? "date" : "text";
  const made = el("input", { ...attributes, type: kind, step: kind === "number" ? "any" : null, value });
  if (made.value !== value) {
    made.type = "text";
    made.value = value;
  }
  return made;
}

// A text input that suggests the records a relation may lead to: it shows their names and uses their ids.
export function suggesting(portal, field, attributes) {
  const list = el("datalist", { id: `records-${++lists}` });
  const made = el("input", { ...attributes, list: list.id, placeholder: "type a name", autocomplete: "off" });
  let last = null;
  const offer = async () => {
    const text = made.value.trim();
    if (text === last || [...list.options].some((one) => one.value === text)) return;
    last = text;
    const url = field.options ?? `/api/${portal}/${field.related}/?`;
    const found = await load(`${url}limit=20&search=${encodeURIComponent(text)}`).catch(() => null);
    if (found && last === text) {
      list.replaceChildren(...Object.values(found)[0].map((one) => option(String(one.id), labelOf(one))));
    }
  };
  made.addEventListener("focus", offer);
  made.addEventListener("input", offer);
  made.companion = list;
  return made;
}

export const labelOf = (record) => String(record.name ?? record.title ?? record.full_name ?? record.email ?? record.type ?? record.id);

export { choice, NUMBERS };
