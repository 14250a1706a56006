// The list below a combobox: one for each form, above everything else on the page.
import { made } from "./dress.js";

let number = 0;

export class List {
  constructor(form) {
    this.id = `picks-${(number += 1)}`;
    this.popup = made("div", { className: "popup combo-popup", popover: "manual" });
    this.options = made("ul", { id: this.id, className: "options", role: "listbox" });
    this.note = made("p", { className: "combo-note" });
    this.narrowed = made("p", { className: "combo-note", hidden: true });
    this.popup.append(this.narrowed, this.options, this.note);
    this.status = made("p", { className: "only-read" }, { role: "status" });
    form.append(this.popup, this.status);
    this.active = null;
    this.place = this.place.bind(this);
  }

  get isOpen() {
    return this.popup.matches(":popover-open");
  }

  get items() {
    return [...this.options.children];
  }

  open(box, input, { label, several }) {
    Object.assign(this, { box, input });
    this.options.setAttribute("aria-label", label);
    if (several) this.options.setAttribute("aria-multiselectable", "true");
    else this.options.removeAttribute("aria-multiselectable");
    input.setAttribute("aria-expanded", "true");
    input.setAttribute("aria-controls", this.id);
    this.clear();
    this.popup.showPopover();
    this.place();
    for (const kind of ["scroll", "resize"]) window.addEventListener(kind, this.place, { capture: true, passive: true });
  }

  close() {
    for (const kind of ["scroll", "resize"]) window.removeEventListener(kind, this.place, { capture: true });
    this.popup.hidePopover();
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-controls");
    this.point(null);
    this.box = null;
  }

  clear() {
    this.options.replaceChildren();
    this.narrowed.hidden = true;
    this.point(null);
    this.tell("Searching…", { quietly: true });
  }

  // What the server found, with what is chosen already.
  show(found, chosen) {
    const items = [...found.querySelectorAll("[role=option]")].map((one) => document.importNode(one, true));
    items.forEach((item, at) => {
      item.id = `${this.id}-${at}`;
      item.classList.add("option");
      item.setAttribute("aria-selected", String(chosen.includes(item.dataset.id)));
    });
    this.options.replaceChildren(...items);
    const words = found.querySelector("[data-narrowed]")?.textContent ?? "";
    this.narrowed.textContent = words;
    this.narrowed.hidden = !words;
    this.point(null);
    const total = Number(found.dataset.options);
    const more = found.querySelector(".more")?.textContent ?? "";
    const said = total ? `${total} found${more && `, ${more}`}` : "Nothing found";
    this.note.textContent = total ? more : "Nothing found";
    this.note.hidden = !this.note.textContent;
    this.status.textContent = words ? `${said}. ${words}` : said;
    this.place();
  }

  tell(text, { quietly = false } = {}) {
    this.note.textContent = text;
    this.note.hidden = false;
    if (!quietly) this.status.textContent = text;
  }

  // Marks the option that Enter would choose.
  point(item) {
    this.active?.classList.remove("is-active");
    this.active = item;
    item?.classList.add("is-active");
    if (item) this.input.setAttribute("aria-activedescendant", item.id);
    else this.input?.removeAttribute("aria-activedescendant");
    item?.scrollIntoView({ block: "nearest" });
    return true;
  }

  step(by) {
    const { items } = this;
    if (!items.length) return;
    const at = items.indexOf(this.active);
    this.point(at < 0 ? items.at(by > 0 ? 0 : -1) : items[(at + by + items.length) % items.length]);
  }

  // Below the control, above it where there is more room, never outside the window.
  place() {
    if (!this.box) return;
    const at = this.box.getBoundingClientRect();
    const [gap, edge] = [4, 8];
    const width = Math.min(Math.max(at.width, 288), window.innerWidth - 2 * edge);
    const below = window.innerHeight - at.bottom - gap - edge;
    const isBelow = below >= Math.min(this.popup.scrollHeight, 240) || below > at.top;
    const { style } = this.popup;
    style.width = `${width}px`;
    style.left = `${Math.max(edge, Math.min(at.left, window.innerWidth - width - edge))}px`;
    style.maxHeight = `${Math.max(120, isBelow ? below : at.top - gap - edge)}px`;
    style.top = isBelow ? `${at.bottom + gap}px` : "auto";
    style.bottom = isBelow ? "auto" : `${window.innerHeight - at.top + gap}px`;
  }
}
