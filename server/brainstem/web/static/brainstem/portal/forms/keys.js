// Ctrl Enter saves, Ctrl Shift Enter saves and opens another form, Alt and an arrow move the row one is in. Escape leaves
// the field, so that the keys of the page work again, and leads to Cancel when it is pressed once more.
import { moveRow } from "./rows.js";

export function listenToKeys(form) {
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const wanted = event.shiftKey ? "another" : "save";
      const button = form.querySelector(`.form-foot button[value="${wanted}"]`);
      if (!button) return;
      event.preventDefault();
      form.requestSubmit(button);
    } else if (event.altKey && ["ArrowUp", "ArrowDown"].includes(event.key)) {
      const row = event.target.closest("[data-row]");
      if (!row) return;
      event.preventDefault();
      moveRow(row, event.key === "ArrowUp" ? "up" : "down", event.target);
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open], [popover]:popover-open")) return;
    const at = document.activeElement;
    if (form.contains(at) && at.matches("input, select, textarea, [contenteditable]")) at.blur();
    else if (at === document.body) form.querySelector(".form-foot a")?.focus();
  });
}
