// The list that was left last: its rows in their order and the pages beside it, for the neighbours of its records.
"use strict";

export function keep(page) {
  const rows = [...page.querySelectorAll("#selection tbody .name")].map((one) => [one.pathname, one.textContent.trim()]);
  const [before, after] = ["prev", "next"].map((rel) => page.querySelector(`.pager [rel=${rel}]`)?.href ?? "");
  const list = { rows, before, after };
  if (rows.length) sessionStorage.setItem("list", JSON.stringify(list));
  return list;
}

export const kept = () => JSON.parse(sessionStorage.getItem("list"));

window.addEventListener("pagehide", () => keep(document));
