// A draft that the server does not take, offered from this browser: its form is drawn by the server, without saving.
import { fetched } from "../../../ui/documents.js";
import { show } from "../redraw.js";
import { forget } from "./unsent.js";

// `kept` is called when the form holds the draft, and is to keep it before it is forgotten.
export function offerHere(form, entry, { when, kept }) {
  const row = made("div", { className: "notice" });
  const gone = () => {
    forget(entry.person, entry.key, entry.content);
    row.remove();
  };
  const again = made("button", { type: "button", className: "btn btn-sm", textContent: "Continue" });
  again.addEventListener("click", async () => {
    again.disabled = true;
    const page = await fetched(form.action, sentOf(form, entry)).catch(() => null);
    again.disabled = false;
    if (!page?.querySelector("form[data-form]")) return;
    show(form, page);
    kept();
    gone();
  });
  const discard = made("button", { type: "button", className: "btn btn-ghost btn-sm", textContent: "Discard" });
  discard.addEventListener("click", gone);
  row.append(made("p", { textContent: `Continue what you wrote ${when}, which is kept in this browser only` }), again, discard);
  document.querySelector("[data-drafts]").append(row);
}

function sentOf(form, entry) {
  const sent = new FormData();
  for (const [name, value] of JSON.parse(entry.content).pairs) sent.append(name, value);
  sent.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  sent.set("_do", "continue");
  return sent;
}

const made = (name, properties) => Object.assign(document.createElement(name), properties);
