// Selects and lists of boxes as comboboxes. The native control stays, hidden, and holds the value that is sent.

export const made = (name, properties = {}, attributes = {}) => {
  const element = Object.assign(document.createElement(name), properties);
  for (const [key, value] of Object.entries(attributes)) if (value) element.setAttribute(key, value);
  return element;
};

const FEW = 4;
const fewOf = new WeakMap(); // combobox -> the buttons below it

const COMBOBOX = { role: "combobox", "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-expanded": "false" };

export function dress(form) {
  for (const select of form.querySelectorAll("select[data-pick]:not([hidden])")) dressOne(select);
  for (const group of form.querySelectorAll("fieldset[data-pick]:not([data-dressed])")) dressSeveral(group);
}

function inputFor(id, attributes) {
  return made("input", { type: "text", id, autocomplete: "off", spellcheck: false }, { ...COMBOBOX, ...attributes });
}

function dressOne(select) {
  const from = (name) => select.getAttribute(name);
  const attributes = { "aria-describedby": from("aria-describedby"), "aria-invalid": from("aria-invalid"), "aria-label": from("aria-label") ?? select.closest(".narrow")?.querySelector(".help").textContent };
  const input = inputFor(select.id || `${idBeside(select)}-${select.name}`, { ...attributes, "aria-required": select.required && "true" });
  input.className = "input select";
  input.placeholder = select.options[0]?.label.replace("–", "") || "Type to search";
  for (const name of ["id", ...Object.keys(attributes)]) select.removeAttribute(name);
  const clear = made("button", { type: "button", className: "combo-clear", tabIndex: -1, textContent: "×" });
  const box = made("div", { className: "combo" }, { "data-combo": "one" });
  select.before(box);
  box.append(input, ...(select.required ? [] : [clear]), select);
  select.hidden = true;
  clear.setAttribute("aria-label", `Clear ${nameOf(box)}`);
  hideSearch(box.parentElement);
  draw(box);
}

// The id of the control that a select narrows: several can be narrowed by selects of the same name.
function idBeside(select) {
  return select.closest("fieldset[id]")?.id ?? select.closest(".field").querySelector("label[for]").htmlFor;
}

function dressSeveral(group) {
  group.dataset.dressed = "";
  const legend = group.querySelector("legend");
  legend.id = `${group.id}-l`;
  let list = group.querySelector(":scope > .checklist");
  if (!list) {
    list = made("ul", { className: "checklist" });
    legend.after(list);
    group.querySelector(".narrow:last-of-type")?.after(list);
  }
  list.hidden = true;
  const invalid = group.querySelector(":scope > .error") && "true";
  const input = inputFor(`${group.id}-c`, { "aria-labelledby": legend.id, "aria-describedby": group.getAttribute("aria-describedby"), "aria-invalid": invalid });
  input.placeholder = "Type to search, or paste names";
  const box = made("div", { className: "combo combo-several" }, { "data-combo": "several" });
  box.append(made("ul", { className: "combo-chips" }), input);
  list.before(box);
  hideSearch(group);
  draw(box);
}

function hideSearch(place) {
  for (const one of place.querySelectorAll(":scope > .pick-search, :scope > [data-nothing]")) one.hidden = true;
}

// -- what a combobox holds ---------------------------------------------------------------------------------------------

export const inputOf = (box) => box.querySelector("[role=combobox]");
// The combobox of a control that is known by the id of its input or group.
export function comboboxAt(id) {
  const control = document.getElementById(id);
  return control?.matches("fieldset") ? severalIn(control) : control?.closest("[data-combo]");
}

export const severalIn = (group) => group.querySelector("[data-combo=several]");
export const isSeveral = (box) => box.dataset.combo === "several";
export const controlOf = (box) => (isSeveral(box) ? box.closest("fieldset") : box.querySelector("select"));
export const boxesOf = (box) => [...controlOf(box).querySelectorAll(".checklist input")];
export const chosenOf = (box) => (isSeveral(box) ? boxesOf(box).filter((one) => one.checked).map((one) => one.value) : [controlOf(box).value].filter(Boolean));
const labelOf = (check) => check.closest("label").textContent.trim();

// What the label of a control says, without "required".
export function nameOf(box) {
  const input = inputOf(box);
  const label = isSeveral(box) ? box.closest("fieldset").querySelector("legend") : input.labels?.[0];
  const words = label && (label.querySelector(".help") ?? label.firstChild);
  return (words?.textContent ?? input.getAttribute("aria-label") ?? "").trim();
}

// What one reads in a combobox for one record while nothing is typed.
export function heldText(box) {
  const select = controlOf(box);
  return select.value ? select.selectedOptions[0].label : "";
}

// Shows what the native control holds.
export function draw(box) {
  drawFew(box);
  if (!isSeveral(box)) inputOf(box).value = heldText(box);
  else {
    const isOrdered = "ordered" in controlOf(box).dataset;
    box.classList.toggle("combo-ordered", isOrdered);
    box.querySelector(".combo-chips").replaceChildren(...boxesOf(box).filter((one) => one.checked).map((one) => chip(one, isOrdered)));
  }
}

// Where there is little to choose from, each record is a button: one click, nothing to type. Keys have the list.
function drawFew(box) {
  if (box.closest("td, .narrow")) return;
  const all = isSeveral(box)
    ? boxesOf(box).map((one) => ({ id: one.value, label: labelOf(one), isChosen: one.checked }))
    : [...controlOf(box).options].filter((one) => one.value).map((one) => ({ id: one.value, label: one.label, isChosen: one.selected }));
  const left = all.filter((one) => !one.isChosen);
  const isDone = !isSeveral(box) && left.length < all.length;
  let few = fewOf.get(box);
  if (!few) fewOf.set(box, (few = made("div", { className: "combo-few" })));
  few.replaceChildren(...(all.length > FEW || isDone ? [] : left).map(({ id, label }) =>
    made("button", { type: "button", className: "btn btn-sm", tabIndex: -1, textContent: label, title: label }, { "data-few": id, "aria-label": `Choose ${label}` })));
  few.hidden = !few.children.length;
  if (!few.isConnected) box.after(few);
}

// The combobox to which one of those buttons belongs.
export const boxOfFew = (button) => [...button.closest("form").querySelectorAll("[data-combo]")].find((box) => fewOf.get(box)?.contains(button));

function chip(check, isOrdered) {
  const label = labelOf(check);
  const button = (text, name, attributes) => made("button", { type: "button", className: "chip-x", textContent: text }, { "aria-label": `${name} ${label}`, ...attributes });
  const item = made("li", { className: "chip" }, { "data-id": check.value });
  item.append(made("span", { textContent: label, title: label }));
  if (isOrdered) item.append(button("↑", "Move up", { "data-chip": "up" }), button("↓", "Move down", { "data-chip": "down" }));
  item.append(button("×", "Remove", { "data-chip": "remove" }));
  return item;
}

function changed(control) {
  for (const kind of ["input", "change"]) control.dispatchEvent(new Event(kind, { bubbles: true }));
}

// Chooses a record, or nothing in a control for one; `quietly` without what follows from a change.
export function choose(box, { id, label }, { quietly = false } = {}) {
  const select = controlOf(box);
  if (id && ![...select.options].some((one) => one.value === id)) select.append(new Option(label, id));
  select.value = id;
  draw(box);
  if (quietly) select.dispatchEvent(new Event("input", { bubbles: true }));
  else changed(select);
}

// Adds records to those that are chosen, after them.
export function add(box, records) {
  const list = controlOf(box).querySelector(".checklist");
  let last = null;
  for (const { id, label } of records) {
    let check = boxesOf(box).find((one) => one.value === id);
    if (check?.checked) continue;
    if (!check) {
      const row = made("li");
      const words = made("label");
      check = made("input", { type: "checkbox", className: "check", name: controlOf(box).querySelector("input[type=hidden]").name, value: id });
      words.append(check, made("span", { textContent: label }));
      row.append(words);
      list.append(row);
    }
    const behind = boxesOf(box).filter((one) => one.checked).at(-1)?.closest("li");
    if (behind) behind.after(check.closest("li"));
    else list.prepend(check.closest("li"));
    check.checked = true;
    last = check;
  }
  draw(box);
  if (last) changed(last);
}

// Takes a record away; what it was called.
export function remove(box, id) {
  const check = boxesOf(box).find((one) => one.value === id);
  check.checked = false;
  draw(box);
  changed(check);
  return labelOf(check);
}

export function move(box, id, way) {
  const rows = boxesOf(box).filter((one) => one.checked);
  const at = rows.findIndex((one) => one.value === id);
  const other = rows[at + (way === "up" ? -1 : 1)]?.closest("li");
  if (!other) return;
  if (way === "up") other.before(rows[at].closest("li"));
  else other.after(rows[at].closest("li"));
  draw(box);
  changed(rows[at]);
}
