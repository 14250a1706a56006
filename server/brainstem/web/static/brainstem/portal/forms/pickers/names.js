// Names that are pasted into a combobox: the server looks all of them up at once. What is not chosen stays to be seen.
import { ask } from "../../../ui/documents.js";
import { about, lift, recordOf, whyNot } from "./ask.js";
import { add, choose, comboboxAt, controlOf, inputOf, isSeveral, made, nameOf } from "./dress.js";

export async function resolve(combobox, box, text) {
  const { form } = combobox;
  const sent = new FormData();
  sent.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  for (const [name, value] of about(form, box)) sent.set(name, value);
  sent.set("names", text);
  inputOf(box).setAttribute("aria-busy", "true");
  const answer = await ask(controlOf(box).dataset.pick, sent).answer;
  inputOf(box).removeAttribute("aria-busy");
  const found = answer.status === 200 && answer.page?.querySelector("[data-resolved]");
  if (!found) return leave(combobox, box, { missing: text.split(/[\n\t;]/), why: whyNot(answer) });
  return settle(combobox, box, found);
}

const textsOf = (found, name) => [...found.querySelectorAll(`[data-${name}] > li`)].map((one) => one.textContent);

function settle(combobox, box, found) {
  const records = [...found.querySelectorAll("[data-found] > li")].map(recordOf);
  const several = [...found.querySelectorAll("[data-several] > li")].map((one) => ({
    name: one.firstElementChild.textContent,
    offers: [...one.querySelectorAll("[role=option]")],
  }));
  const missing = textsOf(found, "missing");
  const left = textsOf(found, "left");
  const why = ["most", "narrowed"].map((name) => found.querySelector(`p[data-${name}]`)?.textContent).filter(Boolean).join(" ");
  if (isSeveral(box)) add(box, records);
  else if (records.length === 1) {
    combobox.fill(box, records[0].fills);
    choose(box, records[0]);
  } else if (records.length) several.unshift({ name: "", offers: [...found.querySelectorAll("[data-found] > li")] });
  const isOne = !isSeveral(box) && records.length === 1;
  if (!isSeveral(box) && missing.length === 1 && !records.length && !several.length && !left.length) return search(combobox, box, missing[0]);
  const chosen = isSeveral(box) || isOne ? records.length : 0;
  return leave(combobox, box, { chosen, several, missing: [...missing, ...left], why, canLift: Boolean(found.querySelector("[data-narrowed]")) });
}

// One name that nothing has: it is searched for as if it had been typed.
function search(combobox, box, name) {
  const input = inputOf(box);
  input.value = name;
  if (document.activeElement === input) combobox.open(box);
  else combobox.say(box, `“${name}” was not found.`);
}

// What is not chosen yet, below the control: names that several records have, and names that none has, to be corrected.
function leave(combobox, box, { chosen = 0, several = [], missing = [], why = "", canLift = false }) {
  const key = isSeveral(box) ? controlOf(box).id : inputOf(box).id;
  combobox.panels.get(key)?.remove();
  combobox.panels.delete(key);
  const said = [`${chosen} chosen`, missing.length && `${missing.length} not found`, several.length && `${several.length} to decide`];
  const summary = `${said.filter(Boolean).join(", ")}. ${why}`.trim();
  combobox.tell(summary);
  if (!missing.length && !several.length) return combobox.say(box, summary);
  combobox.say(box, "");
  const panel = made("div", { className: "combo-left" }, { role: "group", "aria-label": `${nameOf(box)}: pasted names` });
  const here = () => comboboxAt(key); // it may have been drawn again
  const done = () => {
    panel.remove();
    combobox.panels.delete(key);
    inputOf(here()).focus();
  };
  panel.append(made("p", { className: "strong", textContent: summary }));
  for (const one of several) panel.append(decision(combobox, here, one, () => panel.querySelector(".combo-decision, textarea") ?? done()));
  if (missing.length) panel.append(...notFound(combobox, here, { missing, canLift, done }));
  const away = made("button", { type: "button", className: "btn btn-sm btn-ghost", textContent: "Put away" });
  away.addEventListener("click", done);
  panel.append(away);
  box.after(panel);
  combobox.panels.set(key, panel);
  return undefined;
}

function decision(combobox, here, { name, offers }, then) {
  const row = made("div", { className: "combo-decision" }, { role: "group", "aria-label": name ? `“${name}” could be` : "Choose one" });
  row.append(made("span", { textContent: name ? `“${name}” could be` : "Choose one:" }));
  for (const offer of offers) {
    const line = offer.querySelector(".ctx")?.textContent;
    const button = made("button", { type: "button", className: "btn btn-sm", textContent: [offer.firstElementChild.textContent, line].filter(Boolean).join(" · ") });
    button.addEventListener("click", () => {
      const next = row.nextElementSibling;
      combobox.close();
      if (isSeveral(here())) add(here(), [recordOf(offer)]);
      else choose(here(), recordOf(offer));
      combobox.tell(`${recordOf(offer).label} was chosen.`);
      row.remove();
      then();
      if (row.parentElement === null) next?.querySelector("button")?.focus();
    });
    row.append(button);
  }
  return row;
}

function notFound(combobox, here, { missing, canLift, done }) {
  const words = made("label", { className: "combo-missing", textContent: "Not found; correct them here:" });
  const area = made("textarea", { className: "textarea", value: missing.join("\n"), rows: Math.min(missing.length + 1, 6), spellcheck: false });
  words.append(area);
  const again = made("button", { type: "button", className: "btn btn-sm", textContent: "Look up again" });
  again.addEventListener("click", () => resolve(combobox, here(), area.value));
  const all = made("button", { type: "button", className: "btn btn-sm", textContent: "Look among all that I may use", hidden: !canLift });
  all.addEventListener("click", () => {
    lift(combobox.form, here(), true);
    resolve(combobox, here(), area.value);
  });
  area.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    done();
  });
  return [words, again, all];
}
