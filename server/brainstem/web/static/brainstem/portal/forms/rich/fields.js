// Fields of rich text get their editor when somebody goes there; until then, and without this, they are text areas.
// A text with markup is shown as it will look, instead of its tags.

export function listenToRich(form) {
  const start = async (area) => {
    if (area.dataset.starting) return;
    area.dataset.starting = "true";
    const editor = await import("./editor.js").catch(() => null);
    const view = viewOf(area);
    // Whoever has gone on to another control while the editor was loading stays there.
    const isHere = [area, view].some((one) => one?.contains(document.activeElement));
    view?.remove();
    if (editor) return void editor.edit(area, { isHere });
    area.hidden = false; // the text area does, tags and all
    if (isHere) area.focus();
  };
  const show = () => {
    for (const area of form.querySelectorAll("textarea[data-rich]")) {
      const view = viewOf(area);
      if (!view) continue;
      view.hidden = false;
      area.hidden = true;
    }
  };
  form.addEventListener("focusin", (event) => {
    const area = event.target.closest("[data-rich-view]")?.nextElementSibling ?? event.target;
    if (area.matches("textarea[data-rich]")) start(area);
  });
  form.addEventListener("click", (event) => {
    const area = event.target.closest("label")?.control;
    if (area?.matches("textarea[data-rich][hidden]")) (area.previousElementSibling?.querySelector(".rich-text") ?? viewOf(area))?.focus();
  });
  form.addEventListener("drawn", show);
  show();
}

function viewOf(area) {
  const before = area.previousElementSibling;
  return before?.matches("[data-rich-view]") ? before : null;
}
