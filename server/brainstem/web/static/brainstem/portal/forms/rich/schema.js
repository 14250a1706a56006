// What rich text may hold: the tags that the server keeps, as ProseMirror's schema. Anything else has no place in a document.
import { Schema, tableNodes } from "../../../../vendor/prosemirror.js";

const SCHEMES = ["http:", "https:", "mailto:", "ftp:"];

const block = (tag, content = "inline*") => ({ content, group: "block", parseDOM: [{ tag }], toDOM: () => [tag, 0] });
const mark = (tag, ...others) => ({ parseDOM: [tag, ...others].map((one) => ({ tag: one })), toDOM: () => [tag, 0] });

const tables = tableNodes({ tableGroup: "block", cellContent: "block+", cellAttributes: {} });
// Browsers need no widths of columns here, and the server keeps none.
for (const [name, tag] of [["table_cell", "td"], ["table_header", "th"]]) {
  tables[name].toDOM = ({ attrs: { colspan, rowspan } }) => [tag, { ...(colspan > 1 && { colspan }), ...(rowspan > 1 && { rowspan }) }, 0];
}

export const schema = new Schema({
  nodes: {
    doc: { content: "block+" },
    paragraph: block("p"),
    blockquote: { ...block("blockquote", "block+"), defining: true },
    horizontal_rule: { group: "block", parseDOM: [{ tag: "hr" }], toDOM: () => ["hr"] },
    heading: {
      attrs: { level: { default: 3 } },
      content: "inline*",
      group: "block",
      defining: true,
      parseDOM: [1, 2, 3, 4, 5, 6].map((level) => ({ tag: `h${level}`, attrs: { level } })),
      toDOM: (node) => [`h${node.attrs.level}`, 0],
    },
    code_block: { ...block("pre", "text*"), marks: "", code: true, parseDOM: [{ tag: "pre", preserveWhitespace: "full" }] },
    ordered_list: block("ol", "list_item+"),
    bullet_list: block("ul", "list_item+"),
    list_item: { content: "paragraph block*", defining: true, parseDOM: [{ tag: "li" }], toDOM: () => ["li", 0] },
    ...tables,
    text: { group: "inline" },
    image: {
      attrs: { src: {}, alt: { default: null }, title: { default: null }, width: { default: null }, height: { default: null } },
      inline: true,
      group: "inline",
      parseDOM: [{ tag: "img[src]", getAttrs: (one) => leads(one.getAttribute("src")) && valuesOf(one, ["src", "alt", "title", "width", "height"]) }],
      toDOM: (node) => ["img", given(node.attrs)],
    },
    hard_break: { inline: true, group: "inline", selectable: false, parseDOM: [{ tag: "br" }], toDOM: () => ["br"] },
  },
  marks: {
    link: {
      attrs: { href: {}, title: { default: null } },
      inclusive: false,
      parseDOM: [{ tag: "a[href]", getAttrs: (one) => leads(one.getAttribute("href")) && valuesOf(one, ["href", "title"]) }],
      // The server adds the last one.
      toDOM: (one) => ["a", { ...given(one.attrs), rel: "noopener noreferrer" }, 0],
    },
    strong: mark("strong", "b"),
    em: mark("em", "i"),
    underline: mark("u"),
    strike: mark("s"),
    sub: { ...mark("sub"), excludes: "sub sup" },
    sup: { ...mark("sup"), excludes: "sub sup" },
    code: mark("code"),
  },
});

// Whether an address is one that the server keeps: of a known kind, or within the site.
export function leads(address) {
  try {
    return SCHEMES.includes(new URL(address, location.origin).protocol);
  } catch {
    return false;
  }
}

const valuesOf = (element, names) => Object.fromEntries(names.map((name) => [name, element.getAttribute(name)]));
const given = (attrs) => Object.fromEntries(Object.entries(attrs).filter(([, value]) => value !== null));
