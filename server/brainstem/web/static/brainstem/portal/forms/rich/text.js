// Text of a field <-> document. A text without markup stays one for as long as nothing in it needs markup.
import { documentOf, markupOf } from "../../../../vendor/prosemirror.js";
import { schema } from "./schema.js";

// What the server, like any parser, would take for the start of a tag.
const OPENER = /<(?=\/?[a-zA-Z]|[/!?])/;

export function read(text, isMarkup) {
  if (isMarkup) return documentOf(schema, text);
  const lines = text.split("\n").map((line) => schema.node("paragraph", null, line ? [schema.text(line)] : []));
  return schema.node("doc", null, lines);
}

export function write(doc) {
  const lines = plainLines(doc);
  const text = lines?.join("\n");
  if (text !== undefined && !OPENER.test(text)) return text;
  // Only what would be taken for markup is written as an entity, as in everything that the server stores.
  return markupOf(doc).replace(/&gt;/g, ">").replace(/&lt;(?![a-zA-Z/!?])/g, "<").replace(/&nbsp;/g, "\u00a0").replace(/&amp;(?![a-zA-Z#])/g, "&");
}

// The lines of a document of nothing but plain paragraphs; undefined if it holds anything else.
function plainLines(doc) {
  const lines = [];
  let isPlain = true;
  doc.forEach((node) => {
    isPlain &&= node.type === schema.nodes.paragraph;
    node.forEach((inline) => (isPlain &&= inline.isText && inline.marks.length === 0));
    lines.push(node.textContent);
  });
  return isPlain ? lines : undefined;
}
