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

// Proof that a page of ours sends this. Signing in again in another tab creates a new one, in the cookie.
let signedOut = false;
const proof = () => (signedOut && /(?:^|; )csrftoken=(\w+)/.exec(document.cookie)?.[1]) || document.querySelector("[name=csrfmiddlewaretoken]").value;

// Sends a request as the signed-in user; returns the response with its text and time. Its status is 0 if there is none.
export async function send(method, url, { json, form, key } = {}) {
  const headers = { Accept: "application/json" };
  if (!["GET", "HEAD", "OPTIONS"].includes(method)) {
    headers["X-CSRFToken"] = proof();
  }
  if (json !== undefined) headers["Content-Type"] = "application/json";
  if (key) headers["Idempotency-Key"] = key;
  const started = performance.now();
  let response, text;
  try {
    response = await fetch(url, { method, headers, body: form ?? json, credentials: "same-origin" });
    text = await response.text();
  } catch {
    return { status: 0, reason: "No answer", good: false, code: null, headers: new Headers(), milliseconds: performance.now() - started, text: "" };
  }
  signedOut ||= response.status === 401;
  return {
    status: response.status,
    reason: response.statusText,
    good: response.ok,
    code: response.headers.get("Brainstem-Error-Code"),
    headers: response.headers,
    milliseconds: performance.now() - started,
    text,
  };
}

export async function load(url, method = "GET") {
  const answer = await send(method, url);
  if (!answer.good) throw Object.assign(new Error(`${url}: ${answer.status}`), { answer });
  return JSON.parse(answer.text);
}

// The button is disabled until the action is done; then it gets its focus back.
export async function whileDisabled(button, act) {
  const focused = document.activeElement === button;
  button.disabled = true;
  try { return await act(); } finally {
    button.disabled = false;
    if (focused && document.activeElement === document.body) button.focus();
  }
}

// The outcome of a request: status, time, and a link to the record that it created.
export function statusLine(answer, where) {
  const path = where ? new URL(where).pathname : null;
  return el("p", { class: "api-status" },
    el("span", { class: `badge ${answer.good ? "badge-good" : "badge-bad"}`, "data-status": answer.status }, `${answer.status || ""} ${answer.reason}`.trim()),
    el("span", { class: "muted" }, `${Math.round(answer.milliseconds)} ms`),
    path ? el("a", { href: path }, "Open the record") : "");
}
