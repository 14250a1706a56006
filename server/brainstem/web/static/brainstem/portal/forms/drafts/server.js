// Drafts at the server, over its API. A reason is given for what it did not take: away, out, other or refused.
import { fetched } from "../../../ui/documents.js";

const MOST = 100; // of a page of the list

export class Server {
  constructor(form) {
    this.form = form;
    this.stopping = new AbortController();
  }

  // What was not answered yet is no longer waited for.
  stop() {
    this.stopping.abort();
    this.stopping = new AbortController();
  }

  // Stores a draft: {version}, or {why, status}. `expected` is the version that it replaces, "" for none, null for any.
  async put(key, content, { expected = null, leaving = false } = {}) {
    const headers = { "Content-Type": "application/json", ...(expected === null ? {} : expected ? { "If-Match": expected } : { "If-None-Match": "*" }) };
    return this.#sent(key, { method: "PUT", headers, body: content, keepalive: leaving });
  }

  // Deletes a draft, if it is still this version.
  async remove(key, version) {
    const answer = await this.#sent(key, { method: "DELETE", headers: version ? { "If-Match": version } : {} });
    return !answer.why || answer.status === 404 || answer.status === 412;
  }

  // The versions of the newest drafts by their keys; null if nobody tells.
  async versions() {
    const answer = await this.#read(`/api/private/drafts/?limit=${MOST}`);
    return answer && new Map((await answer.json()).drafts.map((one) => [one.key, one.etag]));
  }

  async has(key, content) {
    const answer = await this.#read(this.#url(key));
    return Boolean(answer) && (await answer.text()) === content;
  }

  async #read(url) {
    const answer = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null);
    return answer?.ok ? answer : null;
  }

  #url(key) {
    return `/api/private/drafts/${key}/`;
  }

  async #sent(key, request) {
    let answer = await this.#answer(key, request);
    if ([401, 403].includes(answer?.status) && !request.keepalive) {
      const why = await this.#renewed();
      if (why) return { why, status: answer.status };
      answer = await this.#answer(key, request);
    }
    if (!answer) return { why: "away" };
    if (answer.ok) return { version: answer.headers.get("ETag") ?? "" };
    return { why: reasonOf(answer.status, request.keepalive), status: answer.status };
  }

  #answer(key, request) {
    const headers = { ...request.headers, Accept: "application/json", "X-CSRFToken": this.form.elements.csrfmiddlewaretoken.value };
    return fetch(this.#url(key), { ...request, headers, signal: this.stopping.signal }).catch(() => null);
  }

  // After signing in again a page needs another token, which is also what sends the form then.
  // Only the same person gets it: nobody's words end up with somebody else.
  async #renewed() {
    const page = await fetched(this.form.action).catch(() => null);
    if (!page) return "refused";
    const drawn = page.querySelector("form[data-form]");
    if (!drawn) return "out";
    if (drawn.dataset.person !== this.form.dataset.person) return "other";
    this.form.elements.csrfmiddlewaretoken.value = drawn.elements.csrfmiddlewaretoken.value;
    return "";
  }
}

function reasonOf(status, isLeaving) {
  if (status >= 500 || status === 429) return "away";
  return status === 401 || (status === 403 && isLeaving) ? "out" : "refused";
}
