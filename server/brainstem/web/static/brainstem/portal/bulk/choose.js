// What is to be changed: the control is drawn as soon as a field is chosen, and is that of the form with all its help.
"use strict";

import { goToProblems, wire } from "../forms/wire.js";

const form = document.querySelector("form[data-form]");
document.documentElement.classList.add("scripted");
wire(form);
goToProblems();
form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.defaultPrevented) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector(".form-foot [value=save]"));
});
