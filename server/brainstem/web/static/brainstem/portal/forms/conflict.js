// A field that two people changed: whoever goes on writing in it takes their own side, and a link leads there.

export function meet(form) {
  for (const kind of ["input", "change"]) form.addEventListener(kind, ({ target }) => takeMine(form, target.name ?? ""));
  form.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-mine]");
    if (!link) return;
    takeMine(form, link.dataset.mine);
    const field = document.getElementById(link.hash.slice(1));
    const control = field?.matches("fieldset, div") ? field.querySelector("input:not([type=hidden]), select, textarea") : field;
    if (!control) return;
    event.preventDefault();
    // Rich text is edited in another element than its own, which its label leads to.
    if (control.hidden) document.querySelector(`label[for="${CSS.escape(control.id)}"]`)?.click();
    else control.focus();
  });
}

function takeMine(form, name) {
  for (const radio of form.querySelectorAll(".conflict input[value=mine]")) {
    const about = radio.name.slice("_take.".length);
    if (name === about || name.startsWith(`${about}.`)) radio.checked = true;
  }
}
