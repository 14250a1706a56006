// A file dropped onto the form is the file that is chosen there.
"use strict";

const form = document.querySelector("[data-drop]");
const zone = form.querySelector(".import-drop");
const control = form.elements.file;
form.querySelector("[data-drop-words]").hidden = false;

const isFile = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
for (const type of ["dragenter", "dragover"]) {
  document.addEventListener(type, (event) => {
    if (!isFile(event)) return;
    event.preventDefault(); // anywhere else on the page, the browser would open the file and leave
    zone.classList.toggle("is-over", form.contains(event.target));
  });
}
document.addEventListener("dragleave", (event) => event.relatedTarget || zone.classList.remove("is-over"));
document.addEventListener("drop", (event) => {
  if (!isFile(event)) return;
  event.preventDefault();
  zone.classList.remove("is-over");
  if (!form.contains(event.target) || !event.dataTransfer.files.length) return;
  control.files = event.dataTransfer.files;
  control.focus();
});

// A file and a pasted table at once are refused; choosing one says that the other is meant no longer.
form.elements.text.addEventListener("paste", () => {
  control.value = "";
});
