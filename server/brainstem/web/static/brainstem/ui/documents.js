// A page of this server as a document of its own, in which nothing runs; what it answers to a form if one is sent.
"use strict";

// The answer as {status, page}, and a way to give the question up; status 0 if the server cannot be reached.
export function ask(url, form = null, headers = {}) {
  const request = new XMLHttpRequest();
  const answer = new Promise((resolve) => {
    request.open(form ? "POST" : "GET", url);
    request.responseType = "document";
    for (const [name, value] of Object.entries({ Accept: "text/html", ...headers })) request.setRequestHeader(name, value);
    request.onload = () => resolve({ status: request.status, page: request.response });
    request.onerror = () => resolve({ status: 0, page: null });
    request.send(form);
  });
  return { answer, abort: () => request.abort() };
}

export async function fetched(url, form = null) {
  const { status, page } = await ask(url, form).answer;
  if (status !== 200 || !page) throw new Error(status ? "refused" : "no answer");
  return page;
}
