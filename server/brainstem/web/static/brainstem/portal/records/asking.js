// Asks the server for a part of a page; what it answers may be a refusal, or nothing at all.
"use strict";

import * as documents from "../../ui/documents.js";

export const ask = (url, form = null) => documents.ask(url, form, { "Brainstem-Fragment": "1" }).answer;

let styles; // how forms look, loaded with the first of them

export function styled() {
  styles ??= new Promise((resolve) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet" });
    link.href = document.querySelector("[data-form-styles]").dataset.formStyles;
    link.onload = link.onerror = resolve;
    document.head.append(link);
  });
  return styles;
}
