// The current request as a shell command, as Python and as MATLAB. Pure: texts from texts, quoted for each language.
//
// A request is {method, url, base, place: {portal, model, record, below}, body}, where body is a node of json.js.
import { format, isScalar } from "./json.js";
import { read } from "./query.js";

const PLAIN = /^[A-Za-z]\w*$/;
const SECRET = "BRAINSTEM_TOKEN";

export const LANGUAGES = { curl: ["curl", curl], python: ["Python", python], matlab: ["MATLAB", matlab] };

const isPublic = (request) => request.place.portal === "public";
const segments = (request) => request.place.model.split("/");

// The whole URL; characters that a shell or a program could misread are escaped.
const whole = (request) => new URL(request.url, request.base).href;

// --- shell ---

const shell = (text) => `'${text.replaceAll("'", "'\\''")}'`;

function curl(request) {
  const method = request.method === "GET" ? "" : `-X ${request.method} `;
  // No progress meter when piped; errors are still shown.
  const parts = [`curl -s -S --globoff ${method}${shell(whole(request))}`];
  if (!isPublic(request)) parts.push(`-H "Authorization: Bearer $${SECRET}"`);
  if (request.body) parts.push("-H 'Content-Type: application/json'", `--data-raw ${shell(format(request.body))}`);
  return parts.join(" \\\n  ");
}

// --- Python ---

// What JSON.stringify writes is also a valid Python string.
const py = (text) => JSON.stringify(text);

function pyValue(node, indent = "") {
  const inner = `${indent}    `;
  if (node.kind === "null") return "None";
  if (node.kind === "boolean") return node.raw === "true" ? "True" : "False";
  if (node.kind === "string") return py(node.text);
  if (isScalar(node)) return node.raw;
  const [open, close] = node.kind === "object" ? "{}" : "[]";
  const lines = node.kind === "object" ? node.entries.map(([key, one]) => `${inner}${py(key)}: ${pyValue(one, inner)},`)
    : node.items.map((one) => `${inner}${pyValue(one, inner)},`);
  return lines.length ? `${open}\n${lines.join("\n")}\n${indent}${close}` : open + close;
}

function python(request) {
  return pyClient(request) ?? pyPlain(request);
}

// The call of a client method; null if there is none for this request.
function pyClient(request) {
  const call = pyCall(request);
  if (!call) return null;
  const given = isPublic(request) ? ", anonymous=True" : "";
  return ["from brainstem_api_tools import BrainstemClient", "",
    `client = BrainstemClient(url=${py(request.base)}${given})${isPublic(request) ? "" : `  # takes the token from ${SECRET}`}`,
    `response = client.${call}`, "response.raise_for_status()",
    request.method === "DELETE" ? "print(response.status_code)" : "print(response.json())"].join("\n");
}

function pyCall({ method, url, place, body }) {
  if (!place.model) return null;
  const [, model] = place.model.split("/");
  const arguments_ = [py(model)];
  if (place.portal !== "private") arguments_.push(`portal=${py(place.portal)}`);
  if (place.record) arguments_.push(`id=${py(place.record)}`);
  if (place.below) arguments_.push(`options=${py(`${place.below}/`)}`);
  const search = new URL(url, "http://x").search;
  if (method === "GET") {
    const asked = pyQuery(read(search), Boolean(place.record && !place.below));
    if (!asked || ["options", "bulk"].includes(place.record)) return null;
    return spread("load", [...arguments_, ...asked]);
  }
  if (search) return null;
  if (method === "DELETE" && place.record && !place.below) return spread("delete", arguments_);
  const saves = (method === "POST" && !place.record) || (method === "PATCH" && place.record);
  return saves && body ? spread("save", [...arguments_, `data=${pyValue(body, "    ")}`]) : null;
}

const spread = (name, list) => (list.join(", ").length < 70 && !list.join().includes("\n") ? `${name}(${list.join(", ")})`
  : `${name}(\n${list.map((one) => `    ${one},`).join("\n")}\n)`);

function pyQuery(query, one) {
  if (query.rest.length || query.search) return null;
  if (one && (query.filters.length || query.sorts.length || query.limit || query.offset)) return null;
  const found = [];
  const filters = new Map();
  for (const filter of query.filters) {
    const name = keyOf(filter);
    filters.set(name, [...(filters.get(name) ?? []), py(filter.value)]);
  }
  if (filters.size) {
    const pairs = [...filters].map(([name, values]) => `${py(name)}: ${values.length > 1 ? `[${values.join(", ")}]` : values[0]}`);
    found.push(`filters={${pairs.join(", ")}}`);
  }
  const names = (list) => `[${list.map(py).join(", ")}]`;
  if (query.sorts.length) found.push(`sort=${names(query.sorts.map(sortOf))}`);
  if (query.includes.length) found.push(`include=${names(query.includes.map((path) => path.path.join(".")))}`);
  for (const name of ["limit", "offset"]) {
    if (!query[name]) continue;
    if (!/^\d+$/.test(query[name])) return null;
    found.push(`${name}=${Number(query[name])}`);
  }
  return found;
}

const keyOf = ({ path, operator, negated }) => (negated ? "-" : "") + (operator === "eq" ? path : [...path, operator]).join(".");
const sortOf = ({ path, descending }) => (descending ? "-" : "") + path.join(".");

function pyPlain(request) {
  const url = new URL(whole(request));
  const pairs = [...url.searchParams].map(([name, value]) => `    (${py(name)}, ${py(value)}),`);
  const headers = isPublic(request) ? [] : [`    headers={"Authorization": f"Bearer {os.environ['${SECRET}']}"},`];
  const parts = [`    ${py(request.method)},`, `    ${py(url.origin + url.pathname)},`];
  if (pairs.length) parts.push(`    params=[\n${pairs.map((one) => `    ${one}`).join("\n")}\n    ],`);
  parts.push(...headers, ...(request.body ? [`    json=${pyValue(request.body, "    ")},`] : []));
  return [...(isPublic(request) ? [] : ["import os", ""]), "import requests", "",
    `response = requests.request(\n${parts.join("\n")}\n)`,
    "if not response.ok:", "    print(response.text)  # what is wrong", "response.raise_for_status()",
    request.method === "DELETE" ? "print(response.status_code)" : "print(response.json())"].join("\n");
}

// --- MATLAB ---

// Text in single quotes; characters that are not possible there are given by their code points.
function ml(text) {
  const pieces = text.split(/([\u0000-\u001f\u007f\u2028\u2029]+)/).filter(Boolean).map((piece) => (
    /[\u0000-\u001f\u007f\u2028\u2029]/.test(piece) ? `char([${[...piece].map((one) => one.codePointAt(0)).join(" ")}])`
      : `'${piece.replaceAll("'", "''")}'`));
  if (!pieces.length) return "''";
  return pieces.length > 1 ? `[${pieces.join(" ")}]` : pieces[0];
}

// A value that jsonencode turns into the same JSON; null if MATLAB has no such value.
function mlValue(node) {
  if (node.kind === "null") return "NaN";
  if (node.kind === "string") return ml(node.text);
  if (isScalar(node)) return node.raw;
  if (node.kind === "array") {
    const items = node.items.map(mlValue);
    return items.includes(null) ? null : `{${items.join(", ")}}`;
  }
  const entries = node.entries.map(([key, one]) => [key, mlValue(one), one.kind]);
  if (entries.some(([key, value]) => value === null || !PLAIN.test(key) || key.length > 63)) return null;
  // struct() turns a cell into an array of structs, but keeps a cell inside a cell.
  return `struct(${entries.map(([key, value, kind]) => `'${key}', ${kind === "array" ? `{${value}}` : value}`).join(", ")})`;
}

function matlab(request) {
  return mlClient(request) ?? mlPlain(request);
}

function mlClient(request) {
  const call = mlCall(request);
  if (!call) return null;
  const token = isPublic(request) ? "" : `, ...\n    'token', getenv('${SECRET}')`;
  return [`client = BrainstemClient('url', ${ml(`${request.base}/`)}${token});`, call].join("\n");
}

function mlCall({ method, url, place, body }) {
  if (!place.model || place.below || ["options", "bulk"].includes(place.record)) return null;
  const model = ml(segments({ place })[1]);
  const search = new URL(url, "http://x").search;
  const portal = place.portal === "private" ? [] : [`'portal', ${ml(place.portal)}`];
  const isUuid = /^[0-9a-f-]{36}$/i.test(place.record);
  if (method === "GET") {
    const asked = place.record ? (search ? null : [`'id', ${ml(place.record)}`]) : mlQuery(read(search));
    return asked && mlLine("out = client.load(", [model, ...portal, ...asked]);
  }
  if (search || (place.record && !isUuid)) return null;
  if (method === "DELETE") return mlLine("client.delete(", [ml(place.record), model, ...portal]);
  if (!body || !["POST", "PATCH", "PUT"].includes(method) || body.kind !== "object") return null;
  const entries = place.record ? [["id", { kind: "string", text: place.record }], ...body.entries.filter(([key]) => key !== "id")] : body.entries;
  if (!place.record && entries.some(([key]) => key === "id")) return null;
  const data = mlValue({ kind: "object", entries });
  const how = method === "POST" ? [] : [`'method', '${method.toLowerCase()}'`];
  return data && `data = ${data};\n${mlLine("out = client.save(", ["data", model, ...portal, ...how])}`;
}

const mlLine = (start, list) => (list.length < 3 ? `${start}${list.join(", ")});` : `${start}${list.join(", ...\n    ")});`);

function mlQuery(query) {
  // The client writes the names of filters and sort keys into the URL unescaped.
  const plain = (text) => /^-?[\w.]+$/.test(text);
  if (query.rest.length || query.search) return null;
  const filters = query.filters.map((one) => [keyOf(one), one.value]);
  const sorts = query.sorts.map(sortOf);
  const includes = query.includes.map((one) => one.path.join("."));
  if (![...filters.map(([name]) => name), ...sorts, ...includes].every(plain)) return null;
  if (["limit", "offset"].some((name) => query[name] && !/^\d+$/.test(query[name]))) return null;
  const found = [];
  if (filters.length) found.push(`'filter', {${filters.map(([name, value]) => `${ml(name)}, ${ml(value)}`).join(", ")}}`);
  if (sorts.length) found.push(`'sort', {${sorts.map(ml).join(", ")}}`);
  if (includes.length) found.push(`'include', {${includes.map(ml).join(", ")}}`);
  for (const name of ["limit", "offset"]) if (query[name]) found.push(`'${name}', ${Number(query[name])}`);
  return found;
}

function mlPlain(request) {
  const parts = [`'RequestMethod', '${request.method.toLowerCase()}'`, "'ContentType', 'json'"];
  if (!isPublic(request)) parts.unshift(`'HeaderFields', {'Authorization', ['Bearer ' getenv('${SECRET}')]}`);
  if (request.body) parts.push("'MediaType', 'application/json'");
  const options = `options = weboptions(${parts.join(", ...\n    ")});`;
  const url = ml(whole(request).replace(/[{}[\]]/g, encodeURIComponent));
  const write = request.body && `out = webwrite(${url}, ...\n    ${ml(format(request.body))}, options);`;
  return [options, write || `out = webread(${url}, options);`].join("\n");
}
