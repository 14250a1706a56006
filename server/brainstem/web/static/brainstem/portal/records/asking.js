// Asks the server for a part of a page; what it answers may be a refusal, or nothing at all.
"use strict";

// What it answers: its status, 0 if there is none, and the page.
export function ask(url, form = null) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open(form ? "POST" : "GET", url);
    request.responseType = "document";
    request.setRequestHeader("Accept", "text/html");
    request.setRequestHeader("Brainstem-Fragment", "1");
    request.onloadend = () => resolve({ status: request.status, page: request.response });
    request.send(form);
  });
}

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
