// Buttons above the editor. Arrow keys move among them, as in any toolbar; Alt F10 leads to it from the text.
import * as pm from "../../../../vendor/prosemirror.js";
import { leads, schema } from "./schema.js";

const { nodes, marks } = schema;
const CELLS = 2;

// Icon, label, keys, command, and what tells that it is on.
const BUTTONS = [
  ["bold", "Bold", "Ctrl B", pm.toggleMark(marks.strong), has(marks.strong)],
  ["italic", "Italic", "Ctrl I", pm.toggleMark(marks.em), has(marks.em)],
  ["underline", "Underline", "Ctrl U", pm.toggleMark(marks.underline), has(marks.underline)],
  ["strike", "Strike through", "", pm.toggleMark(marks.strike), has(marks.strike)],
  ["subscript", "Subscript", "", pm.toggleMark(marks.sub), has(marks.sub)],
  ["superscript", "Superscript", "", pm.toggleMark(marks.sup), has(marks.sup)],
  ["api", "Code", "", pm.toggleMark(marks.code), has(marks.code)],
  null,
  ["heading", "Heading", "", toggleBlock(nodes.heading, { level: 3 }), within(nodes.heading)],
  ["bullets", "List", "Ctrl Shift 8", toggleWrap(nodes.bullet_list, pm.wrapInList(nodes.bullet_list)), within(nodes.bullet_list)],
  ["numbers", "Numbered list", "Ctrl Shift 7", toggleWrap(nodes.ordered_list, pm.wrapInList(nodes.ordered_list)), within(nodes.ordered_list)],
  ["quote", "Quotation", "", toggleWrap(nodes.blockquote, pm.wrapIn(nodes.blockquote)), within(nodes.blockquote)],
  null,
  ["link", "Link", "Ctrl K", null, has(marks.link)],
  ["table", "Insert a table", "", insertTable, null],
  ["row-add", "Add a row below", "", pm.addRowAfter, null],
  ["column-add", "Add a column to the right", "", pm.addColumnAfter, null],
  ["delete", "Remove the table", "", pm.deleteTable, null],
  null,
  ["undo", "Undo", "Ctrl Z", pm.undo, null],
  ["redo", "Redo", "Ctrl Y", pm.redo, null],
];
const IN_TABLES = ["row-add", "column-add", "delete"];

export class Toolbar {
  constructor(area) {
    this.element = made("div", { class: "rich-bar", role: "toolbar", "aria-label": "Format", "aria-controls": area.id });
    this.buttons = [];
    for (const one of BUTTONS) this.element.append(one ? this.#button(...one) : made("span", { class: "rich-gap" }));
    this.element.addEventListener("keydown", (event) => this.#move(event));
    // The selection stays in the text when a button is pressed.
    this.element.addEventListener("mousedown", (event) => event.target.closest("button") && event.preventDefault());
    this.link = this.#linkBox();
    this.element.append(this.link);
  }

  attach(view) {
    this.view = view;
    this.show(view.state);
  }

  // Which buttons are on, and which can be pressed.
  show(state) {
    const inTable = pm.isInTable(state);
    for (const { element, name, command, isOn } of this.buttons) {
      if (isOn) element.setAttribute("aria-pressed", String(isOn(state)));
      if (IN_TABLES.includes(name)) element.hidden = !inTable;
      else if (name === "table") element.hidden = inTable;
      element.setAttribute("aria-disabled", String(Boolean(command) && !command(state)));
    }
  }

  focus() {
    this.buttons.find(({ element }) => element.tabIndex === 0).element.focus();
    return true;
  }

  // Asks for the address of a link; nothing happens without a selection or a link to change.
  askLink() {
    const { state } = this.view;
    if (state.selection.empty && !has(marks.link)(state)) return true;
    const mark = linkAt(state);
    this.link.hidden = false;
    this.link.querySelector("input").value = mark?.attrs.href ?? "https://";
    this.link.querySelector("input").focus();
    return true;
  }

  #button(name, label, keys, command, isOn) {
    const element = made("button", {
      type: "button", class: "btn btn-ghost btn-sm btn-icon", "aria-label": label, title: keys ? `${label} (${keys})` : label,
      tabindex: this.buttons.length ? "-1" : "0",
    });
    if (keys) element.setAttribute("aria-keyshortcuts", keys.replace("Ctrl", "Control").replaceAll(" ", "+"));
    element.append(icon(name));
    element.addEventListener("click", () => {
      if (!command) return void this.askLink();
      command(this.view.state, this.view.dispatch, this.view);
      this.view.focus();
    });
    this.buttons.push({ element, name, command, isOn });
    return element;
  }

  #move(event) {
    const shown = this.buttons.map(({ element }) => element).filter((element) => !element.hidden);
    const at = shown.indexOf(event.target);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: shown.length - 1 }[event.key];
    if (event.key === "Escape" && at >= 0) this.view.focus();
    else if (at < 0 || to === undefined) return;
    else {
      const next = shown[(to + shown.length) % shown.length];
      for (const { element } of this.buttons) element.tabIndex = element === next ? 0 : -1;
      next.focus();
    }
    event.preventDefault();
  }

  #linkBox() {
    const box = made("span", { class: "rich-link", hidden: "" });
    const input = made("input", { class: "input", type: "text", inputmode: "url", "aria-label": "Address of the link" });
    const set = made("button", { type: "button", class: "btn btn-sm" });
    set.textContent = "Set link";
    const unset = made("button", { type: "button", class: "btn btn-ghost btn-sm" });
    unset.textContent = "Remove link";
    box.append(input, set, unset);
    set.addEventListener("click", () => this.#setLink(input.value.trim()));
    unset.addEventListener("click", () => this.#setLink(""));
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.#setLink(input.value.trim());
      else if (event.key === "Escape") this.#closeLink();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    return box;
  }

  #setLink(href) {
    const { state } = this.view;
    const { from, to } = state.selection.empty ? linkRange(state) : state.selection;
    const change = state.tr.removeMark(from, to, marks.link);
    const input = this.link.querySelector("input");
    if (href && !(leads(href) && /^[a-z]+:|^\//i.test(href))) {
      input.setAttribute("aria-invalid", "true");
      return;
    }
    input.removeAttribute("aria-invalid");
    if (href) change.addMark(from, to, marks.link.create({ href }));
    this.view.dispatch(change);
    this.#closeLink();
  }

  #closeLink() {
    this.link.hidden = true;
    this.view.focus();
  }
}

function has(type) {
  return ({ selection: { from, to, empty, $from }, storedMarks, doc }) =>
    empty ? Boolean(type.isInSet(storedMarks ?? $from.marks())) : doc.rangeHasMark(from, to, type);
}

function within(type) {
  return ({ selection: { $from } }) => Array.from({ length: $from.depth + 1 }, (_, at) => $from.node(at).type).includes(type);
}

function toggleBlock(type, attrs) {
  return (state, dispatch) => pm.setBlockType(...(within(type)(state) ? [nodes.paragraph] : [type, attrs]))(state, dispatch);
}

function toggleWrap(type, wrap) {
  return (state, dispatch) => {
    if (!within(type)(state)) return wrap(state, dispatch);
    return type === nodes.blockquote ? pm.lift(state, dispatch) : pm.liftListItem(nodes.list_item)(state, dispatch);
  };
}

function insertTable(state, dispatch) {
  const row = (type) => nodes.table_row.create(null, Array.from({ length: CELLS }, () => type.createAndFill()));
  const table = nodes.table.create(null, [row(nodes.table_header), row(nodes.table_cell)]);
  const change = state.tr.replaceSelectionWith(table);
  // The cursor goes into the first cell.
  let start = null;
  change.doc.descendants((node, at) => {
    if (start === null && node.eq(table)) start = at;
  });
  if (start !== null) change.setSelection(pm.TextSelection.near(change.doc.resolve(start + 1)));
  dispatch?.(change.scrollIntoView());
  return true;
}

function linkAt({ selection: { $from } }) {
  return marks.link.isInSet($from.marks()) ?? marks.link.isInSet($from.nodeAfter?.marks ?? []);
}

// The whole link that the cursor is in.
function linkRange({ selection: { $from } }) {
  let [from, to] = [$from.pos, $from.pos];
  $from.parent.forEach((node, offset) => {
    const start = $from.start() + offset;
    if (marks.link.isInSet(node.marks) && start <= $from.pos && start + node.nodeSize >= $from.pos) [from, to] = [start, start + node.nodeSize];
  });
  return { from, to };
}

function made(tag, attributes) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

// An icon of the page's sprite.
function icon(name) {
  const sprite = document.querySelector("svg use").getAttribute("href").split("#")[0];
  const [svg, use] = ["svg", "use"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
  svg.setAttribute("class", "icon icon-sm");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
}
