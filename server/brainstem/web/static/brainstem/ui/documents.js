// A page of this server as a document of its own, in which nothing runs; what it answers to a form if one is sent.
"use strict";

export function fetched(url, form = null) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(form ? "POST" : "GET", url);
    request.responseType = "document";
    request.setRequestHeader("Accept", "text/html");
    request.onload = () => (request.status === 200 && request.response ? resolve(request.response) : reject(new Error("refused")));
    request.onerror = () => reject(new Error("no answer"));
    request.send(form);
  });
}
