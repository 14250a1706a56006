// Comboboxes of a form: drawn at once; what they do is loaded with the first one that somebody comes to.
import { dress, inputOf, severalIn } from "./dress.js";

export function listenToPickers(form) {
  let asked = null;
  let combobox = null;
  const load = () => (asked ??= import("./combobox.js").then(({ Combobox }) => (combobox = new Combobox(form))));
  const isOne = (target) => Boolean(target.closest?.("[data-combo], [data-few]"));
  for (const kind of ["focusin", "pointerover", "pointerdown"]) {
    form.addEventListener(kind, (event) => isOne(event.target) && load());
  }
  // The link of an error leads to the fieldset; one types in its combobox.
  form.addEventListener("focusin", (event) => {
    if (event.target.matches("fieldset[data-dressed]")) inputOf(severalIn(event.target)).focus();
  });
  form.addEventListener("click", async (event) => {
    if (combobox || !isOne(event.target)) return;
    (await load()).clicked(event, event.target.closest("[data-combo]"));
  });
  form.addEventListener("input", async (event) => {
    if (combobox || !event.target.matches("[role=combobox]")) return;
    (await load()).typed(event, event.target.closest("[data-combo]"));
  });
  // Whoever typed and went on before it was loaded has chosen nothing, as ever.
  form.addEventListener("focusout", async (event) => {
    if (combobox || !event.target.matches("[role=combobox]")) return;
    const one = await load();
    if (document.activeElement !== event.target) one.left(event, event.target.closest("[data-combo]"));
  });
  form.addEventListener("named", async (event) => {
    if (!combobox && isOne(event.target)) (await load()).named(event);
  });
  form.addEventListener("paste", (event) => {
    if (combobox || !event.target.matches("[role=combobox]") || event.target.closest("td")) return;
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!/[\n\t;]/.test(text.trim())) return; // one name is typed
    event.preventDefault();
    load().then((one) => one.resolve(event.target.closest("[data-combo]"), text));
  }, { capture: true });
  // Before the keys of the form: Enter must not send it, Alt and an arrow must not move the row.
  form.addEventListener("keydown", (event) => {
    if (!event.target.matches("[role=combobox]") || event.isComposing) return;
    if (!combobox && !["ArrowDown", "ArrowUp", "Enter"].includes(event.key)) return;
    if (!combobox && (event.ctrlKey || event.metaKey)) return;
    if (!combobox) load().then((one) => one.press(event));
    else if (!combobox.press(event)) return;
    event.preventDefault();
    event.stopPropagation();
  }, { capture: true });
  form.addEventListener("drawn", () => dress(form));
  dress(form);
}
