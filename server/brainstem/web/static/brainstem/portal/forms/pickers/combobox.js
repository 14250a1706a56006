// What a person does with a combobox: types, walks through the list, chooses, removes. The server finds the records.
import { ask } from "../../../ui/documents.js";
import { about, isLifted, lift, recordOf, whyNot } from "./ask.js";
import { add, boxOfFew, choose, chosenOf, comboboxAt, controlOf, draw, heldText, inputOf, isSeveral, made, move, nameOf, remove, severalIn } from "./dress.js";
import { List } from "./list.js";

const PAUSE = 150;

// What keys do; false if a key means here what it means elsewhere.
const KEYS = {
  ArrowDown(combobox, box, { isOpen, isAlt }) {
    if (isAlt && !isOpen) combobox.open(box);
    else combobox.walk(box, 1, isOpen);
    return true;
  },
  ArrowUp(combobox, box, { isOpen, isAlt }) {
    if (isAlt && isOpen) combobox.restore(box);
    else combobox.walk(box, -1, isOpen);
    return true;
  },
  Home: (combobox, _, { isOpen }) => isOpen && combobox.list.point(combobox.list.items[0] ?? null),
  End: (combobox, _, { isOpen }) => isOpen && combobox.list.point(combobox.list.items.at(-1) ?? null),
  Enter(combobox, box, { isOpen }) {
    combobox.enter(box, isOpen);
    return true;
  },
  Escape(combobox, box, { isOpen }) {
    if (!isOpen && inputOf(box).value === (isSeveral(box) ? "" : heldText(box))) return false;
    combobox.restore(box);
    return true;
  },
  Backspace: (combobox, box) => isSeveral(box) && !inputOf(box).value && combobox.removeLast(box),
  Tab(combobox, box) {
    combobox.leave(box);
    return false;
  },
};

export class Combobox {
  constructor(form) {
    this.form = form;
    this.list = new List(form);
    this.number = 0; // of the question that counts
    this.panels = new Map(); // what was pasted and is not chosen yet, by name of the control
    const on = (kind, act, options) => form.addEventListener(kind, (event) => act.call(this, event, boxOf(event.target)), options);
    on("input", this.typed);
    on("click", this.clicked);
    on("focusout", this.left);
    on("paste", this.pasted, { capture: true });
    on("change", this.changed);
    on("drawn", this.drawn);
    on("named", this.named);
    this.list.popup.addEventListener("pointerdown", (event) => event.preventDefault()); // the input keeps the focus
    this.list.popup.addEventListener("click", (event) => this.picked(event.target.closest("[role=option]")));
  }

  // -- asking ------------------------------------------------------------------------------------------------------------

  get box() {
    return this.list.box ?? null;
  }

  // What was typed; in a control for one record, what it holds already does not count.
  wordsIn(box) {
    const { value } = inputOf(box);
    return isSeveral(box) || value !== heldText(box) ? value.trim() : "";
  }

  open(box, { first = false } = {}) {
    if (this.box && this.box !== box) this.close();
    if (!this.box) this.list.open(box, inputOf(box), { label: nameOf(box), several: isSeveral(box) });
    this.ask(box, { first });
  }

  close() {
    clearTimeout(this.timer);
    this.number += 1;
    this.asking?.abort();
    this.isAsking = this.wantsFirst = false;
    this.behind = null;
    if (this.box) this.list.close();
  }

  later(box) {
    clearTimeout(this.timer);
    this.number += 1; // an answer that comes meanwhile is about other words
    this.isAsking = true;
    this.timer = setTimeout(() => this.ask(box), PAUSE);
  }

  async ask(box, { first = false } = {}) {
    clearTimeout(this.timer);
    if (this.behind && this.behind !== box) this.giveUp();
    this.asking?.abort();
    this.number += 1;
    const { number } = this;
    const words = this.wordsIn(box);
    const pairs = [...about(this.form, box), ...(words ? [["search", words]] : [])];
    this.isAsking = true;
    this.asking = ask(`${controlOf(box).dataset.pick}?${new URLSearchParams(pairs)}`);
    const answer = await this.asking.answer;
    if (number !== this.number) return; // something else was typed meanwhile
    this.isAsking = false;
    const found = answer.status === 200 && answer.page?.querySelector("[data-options]");
    this.failed = found ? null : box;
    if (this.wantsFirst && found) this.takeOnly(box, words, [...found.querySelectorAll("[data-id]")]);
    if (this.behind) this.giveUp();
    if (this.box === box) this.show(box, answer, { found, words, first });
  }

  show(box, answer, { found, words, first }) {
    this.wantsFirst = false;
    if (!found) {
      this.list.clear();
      return this.list.tell(whyNot(answer));
    }
    this.list.show(found, chosenOf(box));
    const records = this.list.items.filter((item) => item.dataset.id);
    const held = records.find((item) => item.getAttribute("aria-selected") === "true");
    if (words || first) this.list.point((!words && held) || records[0] || null);
    return undefined;
  }

  // Enter was pressed before the answer came: it means the one record that was found, or the one that is called so.
  takeOnly(box, words, items) {
    const isCalledSo = (item) => [recordOf(item).label, item.firstElementChild.textContent].some((text) => text.toLowerCase() === words.toLowerCase());
    const whole = items.filter(isCalledSo);
    if (items.length === 1 || whole.length === 1) this.take(box, recordOf(whole[0] ?? items[0]));
  }

  // Somebody pressed Enter and went on, but the answer does not say which record was meant.
  giveUp() {
    const box = this.behind;
    this.behind = null;
    this.wantsFirst = false;
    if (box.isConnected) this.leave(box);
  }

  // -- what a person does ------------------------------------------------------------------------------------------------

  // A letter waits for the next; words that come as one, dictated or filled in, are asked about at once.
  typed({ target, data }, box) {
    if (!box || target !== inputOf(box)) return;
    this.say(box, "");
    if (!this.box) this.list.open(box, target, { label: nameOf(box), several: isSeveral(box) });
    if (data?.length > 1) this.ask(box);
    else this.later(box);
  }

  // Answers whether a key was for the combobox.
  press(event) {
    const box = boxOf(event.target);
    const isOpen = this.box === box;
    if (!event.ctrlKey && !event.metaKey) return KEYS[event.key]?.(this, box, { isOpen, isAlt: event.altKey }) ?? false;
    if (isOpen && event.key === "Enter") this.leave(box); // the form is saved
    return false;
  }

  // The option after or before the present one; a list that is closed opens first.
  walk(box, by, isOpen) {
    if (isOpen) this.list.step(by);
    else this.open(box, { first: true });
  }

  enter(box, isOpen) {
    if (!isOpen) this.open(box, { first: true });
    else if (this.isAsking) this.wantsFirst = true;
    else if (this.list.active) this.picked(this.list.active);
  }

  restore(box) {
    this.close();
    if (isSeveral(box)) inputOf(box).value = "";
    else draw(box);
  }

  left(event, box) {
    if (box && event.target === inputOf(box) && !event.relatedTarget?.closest?.("dialog.combo-dialog")) this.leave(box);
  }

  // Whoever goes on has chosen nothing by accident; what was typed in vain is told. An emptied control holds nothing.
  leave(box) {
    const isLost = this.failed === box;
    if (this.wantsFirst && this.isAsking && this.box === box) {
      this.behind = box;
      return this.list.close();
    }
    if (this.behind === box) return undefined;
    if (this.box === box) this.close();
    const input = inputOf(box);
    const words = this.wordsIn(box);
    if (!isSeveral(box) && !input.value && heldText(box)) return choose(box, { id: "", label: "" });
    if (words && isLost) return this.say(box, `“${words}” is not chosen yet: the server did not answer.`);
    if (!words) return undefined;
    this.restore(box);
    return this.say(box, `“${words}” was not chosen.`);
  }

  clicked(event, box) {
    const button = event.target.closest("[data-chip], .combo-clear");
    const few = event.target.closest("[data-few]");
    if (few) this.takeOfFew(few);
    if (!box) return;
    if (button?.matches(".combo-clear")) {
      choose(box, { id: "", label: "" });
      inputOf(box).focus();
    } else if (button) this.chip(box, button.closest("[data-id]").dataset.id, button.dataset.chip);
    else if (event.target === inputOf(box) && this.box !== box) {
      if (!this.wordsIn(box)) event.target.select(); // what is typed next takes its place
      this.open(box);
    } else if (event.target.matches(".combo, .combo-chips")) inputOf(box).focus();
  }

  takeOfFew(button) {
    const box = boxOfFew(button);
    this.take(box, { id: button.dataset.few, label: button.textContent });
    if (matchMedia("(pointer: fine)").matches) inputOf(box)?.focus(); // a phone would bring up its keys
  }

  chip(box, id, act) {
    const at = chosenOf(box).indexOf(id);
    if (act === "remove") this.say(box, `${remove(box, id)} was removed.`);
    else move(box, id, act);
    const chips = [...box.querySelectorAll("[data-id]")];
    const next = act === "remove" ? chips[Math.min(at, chips.length - 1)] : chips.find((one) => one.dataset.id === id);
    (next?.querySelector(`[data-chip=${act}]`) ?? inputOf(box)).focus();
  }

  removeLast(box) {
    const last = chosenOf(box).at(-1);
    if (!last) return false;
    this.say(box, `${remove(box, last)} was removed.`);
    if (this.box === box) this.ask(box);
    return true;
  }

  async picked(item) {
    const { box } = this;
    if (!item || !box) return;
    if (item.dataset.new) {
      const url = new URL(item.dataset.new, location.origin);
      const words = this.wordsIn(box);
      if (item.dataset.named && words) url.searchParams.set(item.dataset.named, words);
      this.restore(box);
      const { create } = await import("./create.js");
      create(this, box, url);
    } else if ("lift" in item.dataset) {
      lift(this.form, box, !isLifted(this.form, box));
      this.ask(box, { first: true });
    } else this.take(box, recordOf(item));
  }

  // A record is chosen; in a control for several that has it already, it is not any longer.
  take(box, record) {
    this.close();
    const input = inputOf(box);
    if (!isSeveral(box)) {
      this.fill(box, record.fills ?? []);
      return choose(box, record);
    }
    input.value = "";
    if (chosenOf(box).includes(record.id)) return this.say(box, `${remove(box, record.id)} was removed.`);
    add(box, [record]);
    return this.tell(`${record.label} was added.`);
  }

  // The selects beside it, by which it would have been found.
  fill(box, pairs) {
    for (const [name, id] of pairs) {
      const other = box.parentElement.querySelector(`select[name="${CSS.escape(name)}"]`);
      const option = [...(other?.options ?? [])].find((one) => one.value === id);
      if (option && other.value !== id && other.closest("[data-combo]")) choose(other.closest("[data-combo]"), { id, label: option.label }, { quietly: true });
    }
  }

  // -- what others do ------------------------------------------------------------------------------------------------------

  changed({ target }, box) {
    if (target.matches(".combo > select")) draw(box);
    const group = target.matches(".checklist input") && target.closest("fieldset[data-dressed]");
    if (group) draw(severalIn(group));
  }

  drawn() {
    if (this.box && !this.box.isConnected) this.close();
    for (const [name, panel] of this.panels) {
      comboboxAt(name)?.after(panel);
    }
  }

  async pasted(event, box) {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!box || event.defaultPrevented || event.target !== inputOf(box) || !text.trim()) return;
    const several = /[\n\t;]/.test(text.trim());
    if (several && event.target.closest("td")) return; // a block of cells fills the table
    const { value, selectionStart, selectionEnd } = event.target;
    if (!several && value && (selectionStart > 0 || selectionEnd < value.length)) return;
    event.preventDefault();
    event.stopPropagation();
    this.close();
    if (!isSeveral(box)) event.target.value = several ? "" : text.trim();
    await this.resolve(box, text);
  }

  // A cell that was pasted into a table has a name that the select of its row does not know.
  named({ target, detail }) {
    return this.resolve(boxOf(target), detail);
  }

  async resolve(box, text) {
    const { resolve } = await import("./names.js");
    await resolve(this, box, text);
  }

  // -- words -----------------------------------------------------------------------------------------------------------------

  tell(text) {
    this.list.status.textContent = text;
  }

  // Told below the control, and aloud.
  say(box, text) {
    const { id } = inputOf(box);
    let line = [...box.parentElement.querySelectorAll(":scope > .combo-said")].find((one) => one.dataset.of === id);
    if (!line && !text) return;
    if (!line) {
      line = made("p", { className: "help combo-said" }, { "data-of": id });
      box.after(line);
    }
    line.textContent = text;
    line.hidden = !text;
    if (text) this.tell(text);
  }
}

const boxOf = (target) => target.closest?.("[data-combo]") ?? null;
