// A page of this server as a document of its own, in which nothing runs.
"use strict";

export function fetched(url) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("GET", url);
    request.responseType = "document";
    request.setRequestHeader("Accept", "text/html");
    request.onload = () => (request.status === 200 && request.response ? resolve(request.response) : reject(new Error("refused")));
    request.onerror = () => reject(new Error("no answer"));
    request.send();
  });
}
