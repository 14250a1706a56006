// JSON text -> nodes that keep the original text: 1.0 stays 1.0, and no number is rounded.
//
// A node is {kind, raw} for a scalar, {kind: "object", entries: [[key, node]]} or {kind: "array", items: [node]}.

const TOKEN = /\s*("(?:[^"\\\u0000-\u001f]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[[\]{},:])/y;

export function parse(text) {
  let at = 0;
  const next = () => {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(text);
    if (!found) throw new SyntaxError(`This is not valid JSON at position ${at}.`);
    at = TOKEN.lastIndex;
    return found[1];
  };
  const peek = () => {
    const before = at;
    const token = next();
    at = before;
    return token;
  };
  const listed = (end, one) => {
    const found = [];
    if (peek() === end) { next(); return found; }
    for (;;) {
      found.push(one());
      const token = next();
      if (token === end) return found;
      if (token !== ",") throw new SyntaxError(`Expected a comma or ${end}, got ${token}.`);
    }
  };
  const entry = () => {
    const key = next();
    if (key[0] !== '"') throw new SyntaxError(`Expected a name in quotes, got ${key}.`);
    if (next() !== ":") throw new SyntaxError(`Expected a colon after ${key}.`);
    return [JSON.parse(key), value()];
  };
  const value = () => {
    const token = next();
    if (token === "{") return { kind: "object", entries: listed("}", entry) };
    if (token === "[") return { kind: "array", items: listed("]", value) };
    if ("]},:".includes(token)) throw new SyntaxError(`Expected a value, got ${token}.`);
    if (token[0] === '"') return { kind: "string", raw: token, text: JSON.parse(token) };
    return { kind: token === "null" ? "null" : "tf".includes(token[0]) ? "boolean" : "number", raw: token };
  };
  const found = value();
  if (text.slice(at).trim()) throw new SyntaxError(`There is more after the end, at position ${at}.`);
  return found;
}

export const isScalar = (node) => node.kind !== "object" && node.kind !== "array";
export const sizeOf = (node) => (node.kind === "object" ? node.entries : node.items).length;
export const get = (node, name) => node.kind === "object" ? node.entries.find(([key]) => key === name)?.[1] : undefined;

// The text, indented, with every number as it was written.
export function format(node, indent = "") {
  if (isScalar(node)) return node.raw;
  if (!sizeOf(node)) return node.kind === "object" ? "{}" : "[]";
  const inner = `${indent}  `;
  const lines = node.kind === "object"
    ? node.entries.map(([key, one]) => `${inner}${JSON.stringify(key)}: ${format(one, inner)}`)
    : node.items.map((one) => inner + format(one, inner));
  const [open, close] = node.kind === "object" ? "{}" : "[]";
  return `${open}\n${lines.join(",\n")}\n${indent}${close}`;
}
