// Elements and requests. Text goes into pages as text only: nothing here parses HTML.

// el("a", {href: "/", class: "x", onclick: f}, "text", child): an element.
export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "value") made.value = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

export function option(value, label = value, selected = false) {
  const made = el("option", { value }, label);
  made.selected = selected;
  return made;
}

// Sends a request as who is signed in; the answer with its text and its time.
export async function send(method, url, { json, form } = {}) {
  const headers = { Accept: "application/json" };
  if (!["GET", "HEAD", "OPTIONS"].includes(method)) {
    headers["X-CSRFToken"] = document.querySelector("[name=csrfmiddlewaretoken]").value;
  }
  if (json !== undefined) headers["Content-Type"] = "application/json";
  const started = performance.now();
  const response = await fetch(url, { method, headers, body: form ?? json, credentials: "same-origin" });
  const text = await response.text();
  return {
    status: response.status,
    reason: response.statusText,
    good: response.ok,
    headers: response.headers,
    milliseconds: performance.now() - started,
    text,
  };
}

export async function load(url) {
  const answer = await send("GET", url);
  if (!answer.good) throw new Error(`${url}: ${answer.status}`);
  return JSON.parse(answer.text);
}

// What became of a request: status, time, and where the record is that it made.
export function statusLine(answer, where) {
  const path = where ? new URL(where).pathname : null;
  return el("p", { class: "api-status" },
    el("span", { class: `badge ${answer.good ? "badge-good" : "badge-bad"}`, "data-status": answer.status }, `${answer.status} ${answer.reason}`.trim()),
    el("span", { class: "muted" }, `${Math.round(answer.milliseconds)} ms`),
    path ? el("a", { href: path }, "Open the record") : "");
}
