// A form with a chosen file is sent from the page, so that the file is still chosen when something else has to be corrected.
import { show } from "./redraw.js";

export function listenToUploads(form) {
  form.addEventListener("submit", (event) => {
    if (![...form.querySelectorAll("input[type=file]")].some((input) => input.files.length)) return;
    event.preventDefault();
    const sent = new FormData(form);
    sent.set("_do", event.submitter?.value ?? "save");
    send(form, sent);
  });
}

function send(form, sent) {
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.responseType = "document";
  request.setRequestHeader("Accept", "text/html");
  request.setRequestHeader("Brainstem-Form", "script");
  form.setAttribute("aria-busy", "true");
  request.onloadend = () => {
    form.removeAttribute("aria-busy");
    const url = new URL(request.getResponseHeader("Brainstem-Location") ?? location.href, location.origin);
    if (request.status === 204) return void (url.origin === location.origin && location.assign(url));
    form.dispatchEvent(new CustomEvent("refused"));
    if (!request.response?.querySelector("form[data-form]")) return void form.submit();
    show(form, request.response);
    document.getElementById("problems")?.focus();
  };
  request.send(sent);
}
