// What of ProseMirror the editor of rich text uses, as one module; and the two places where markup is read and written.
import { DOMParser as Parser, DOMSerializer, Schema } from "prosemirror-model";

export { baseKeymap, chainCommands, exitCode, lift, setBlockType, toggleMark, wrapIn } from "prosemirror-commands";
export { history, redo, undo } from "prosemirror-history";
export { keymap } from "prosemirror-keymap";
export { liftListItem, sinkListItem, splitListItem, wrapInList } from "prosemirror-schema-list";
export { EditorState, TextSelection } from "prosemirror-state";
export {
  addColumnAfter, addRowAfter, deleteColumn, deleteRow, deleteTable, goToNextCell, isInTable, tableEditing, tableNodes,
} from "prosemirror-tables";
export { EditorView } from "prosemirror-view";
export { Schema };

// The document of a text with markup. It is read in a document of its own, in which nothing runs and nothing is loaded.
export function documentOf(schema, markup) {
  const read = new DOMParser().parseFromString(markup, "text/html");
  return Parser.fromSchema(schema).parse(read.body);
}

// The markup of a document, made in a document of its own. A lone paragraph in a list or table needs no tag.
export function markupOf(doc) {
  const made = document.implementation.createHTMLDocument("");
  made.body.append(DOMSerializer.fromSchema(doc.type.schema).serializeFragment(doc.content, { document: made }));
  for (const paragraph of made.querySelectorAll("li > p:first-child, td > p:only-child, th > p:only-child")) {
    paragraph.replaceWith(...paragraph.childNodes);
  }
  return made.body.innerHTML;
}
