// The editor of one field. The text area stays what is sent: it is only written when the document differs from what was read.
import * as pm from "../../../../vendor/prosemirror.js";
import { schema } from "./schema.js";
import { read, write } from "./text.js";
import { Toolbar } from "./toolbar.js";

const { nodes, marks } = schema;

// Puts an editor in the place of a text area, and the cursor where it was in there, if somebody `isHere`.
export function edit(area, { isHere }) {
  const text = area.value;
  const isMarkup = area.dataset.rich === "markup";
  const first = read(text, isMarkup);
  const frame = document.createElement("div");
  frame.className = "rich";
  const toolbar = new Toolbar(area);
  const view = new pm.EditorView({ mount: frame.appendChild(document.createElement("div")) }, {
    state: pm.EditorState.create({ doc: first, plugins: plugins(toolbar), ...(isMarkup ? {} : { selection: selectionOf(area, first) }) }),
    attributes: named(area),
    nodeViews: { image: drawnImage },
    transformPastedHTML: plain,
    dispatchTransaction(transaction) {
      view.updateState(view.state.apply(transaction));
      toolbar.show(view.state);
      if (!transaction.docChanged) return;
      area.value = view.state.doc.eq(first) ? text : write(view.state.doc);
      area.dispatchEvent(new Event("input", { bubbles: true }));
    },
  });
  toolbar.attach(view);
  frame.prepend(toolbar.element);
  area.before(frame);
  area.hidden = true;
  if (isHere) view.focus();
  return view;
}

// What is selected in a text area without markup: each of its lines is a paragraph, which takes two positions.
function selectionOf({ value, selectionStart, selectionEnd }, doc) {
  const [from, to] = [selectionStart, selectionEnd].map((at) => at + value.slice(0, at).split("\n").length);
  return pm.TextSelection.create(doc, from, to);
}

function plugins(toolbar) {
  const item = nodes.list_item;
  return [
    pm.history(),
    pm.keymap({
      "Mod-z": pm.undo, "Mod-y": pm.redo, "Shift-Mod-z": pm.redo,
      "Mod-b": pm.toggleMark(marks.strong), "Mod-i": pm.toggleMark(marks.em), "Mod-u": pm.toggleMark(marks.underline),
      "Mod-k": () => toolbar.askLink(),
      "Alt-F10": () => toolbar.focus(),
      "Shift-Mod-7": pm.wrapInList(nodes.ordered_list), "Shift-Mod-8": pm.wrapInList(nodes.bullet_list),
      "Mod-]": pm.sinkListItem(item), "Mod-[": pm.liftListItem(item),
      "Enter": pm.splitListItem(item),
      "Shift-Enter": pm.chainCommands(pm.exitCode, lineBreak),
      // Tab leaves the editor, except between the cells of a table, of which the last one lets it go.
      "Tab": pm.goToNextCell(1), "Shift-Tab": pm.goToNextCell(-1),
      // Saving is the form's.
      "Mod-Enter": () => false,
    }),
    pm.keymap(Object.fromEntries(Object.entries(pm.baseKeymap).filter(([key]) => key !== "Mod-Enter" && key !== "Escape"))),
    pm.tableEditing(),
  ];
}

function lineBreak(state, dispatch) {
  dispatch?.(state.tr.replaceSelectionWith(nodes.hard_break.create()).scrollIntoView());
  return true;
}

// What is pasted keeps its structure, not its looks: style would breach the content policy, and the server drops it.
function plain(markup) {
  return markup
    .replace(/<style[\s\S]*?<\/style>/gi, "")
    .replace(/<[^>]*>/g, (tag) => tag.replace(/\s(?:style|class|bgcolor|on\w+)\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+)/gi, ""));
}

// Pictures elsewhere are not loaded: that would tell another server who writes here.
function drawnImage(node) {
  const dom = document.createElement("span");
  dom.className = "chip";
  dom.textContent = `Picture: ${node.attrs.alt || node.attrs.src}`;
  return { dom };
}

function named(area) {
  const found = { class: "rich-text", role: "textbox", "aria-multiline": "true", "aria-label": labelOf(area) };
  for (const name of ["aria-describedby", "aria-invalid"]) if (area.hasAttribute(name)) found[name] = area.getAttribute(name);
  if (area.required) found["aria-required"] = "true";
  return found;
}

export const labelOf = (area) => area.getAttribute("aria-label") ?? area.labels[0]?.firstChild.textContent.trim() ?? "Text";
