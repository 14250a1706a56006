// The panel that shows the current request in several languages, each with a copy button.
import { el } from "./dom.js";
import { LANGUAGES } from "./snippets.js";

let made = 0;

// ``request()`` gives what to show; ``refresh()`` of the panel shows it again.
export function codePanel(request) {
  const id = `code-${++made}`;
  let chosen = localStorage.getItem("api-language") in LANGUAGES ? localStorage.getItem("api-language") : "curl";
  const text = el("pre", { id, tabindex: "0", "aria-label": "Code" });
  const buttons = Object.entries(LANGUAGES).map(([name, [label]]) => el("button", {
    type: "button", class: "small", "data-language": name, onclick: () => {
      chosen = name;
      localStorage.setItem("api-language", name);
      panel.refresh();
    } }, label));
  const panel = el("div", { class: "code-panel" },
    el("div", { class: "api-bar" }, ...buttons, el("button", { type: "button", class: "small code-copy", "data-copy": `#${id}` }, "Copy")), text);
  panel.refresh = () => {
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.language === chosen));
    try { text.textContent = LANGUAGES[chosen][1](request()); } catch (error) { text.textContent = String(error.message); }
  };
  panel.refresh();
  return panel;
}
