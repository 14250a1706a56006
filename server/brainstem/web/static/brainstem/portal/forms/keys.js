// Ctrl Enter saves, Ctrl Shift Enter saves and opens another form, Alt and an arrow move the row one is in.
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
}
