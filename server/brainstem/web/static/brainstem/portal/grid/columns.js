// How each kind of column is edited, and what is wrong with a text in it. The server decides; this only tells early.
"use strict";

const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const MOMENT = /^\d{4}-\d{2}-\d{2}[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?([Zz]|[-+]\d{2}:?\d{2})?$/;
const TRUTH = /^(yes|no|true|false)$/i;

const isDay = (text) => DAY.test(text) && new Date(`${text}T00:00Z`).toISOString?.().startsWith(text);

const RULES = {
  number: (text) => NUMBER.test(text) ? "" : "Write a number, such as 12.5.",
  amount: (text) => NUMBER.test(text.split(/\s+/)[0]?.replace(/[^\d.eE+-].*$/, "") ?? "") ? "" : "Write a number with its unit, such as 100 nL.",
  day: (text) => valid(isDay, text) ? "" : "Write a day as 2026-01-31.",
  moment: (text) => MOMENT.test(text) && valid(isDay, text.slice(0, 10)) ? "" : "Write a day and a time as 2026-01-31 14:30.",
  switch: (text) => TRUTH.test(text) ? "" : "Write Yes or No.",
};

function valid(test, text) {
  try {
    return Boolean(test(text));
  } catch {
    return false;
  }
}

// Empty if nothing is.
export function wrongWith(column, text) {
  if (!text) return "";
  if (column.kind === "choice") {
    const found = [...column.options, ...column.codes].some((one) => one.toLowerCase() === text.toLowerCase());
    return found ? "" : `Choose one of ${column.options.slice(0, 12).join(", ")}.`;
  }
  return RULES[column.kind]?.(text) ?? "";
}

export function columnsOf(columns, changes) {
  return columns.map((column, at) => ({
    title: column.title,
    titleFormatter: () => Object.assign(document.createElement("span"), { textContent: column.title }),
    field: `c${at}`,
    minWidth: 90,
    maxInitialWidth: 260,
    hozAlign: column.kind === "number" || column.kind === "amount" ? "end" : "start",
    headerHozAlign: column.kind === "number" || column.kind === "amount" ? "end" : "start",
    editable: (cell) => changes.isFree(cell),
    ...editorOf(column),
    formatter: (cell) => drawn(cell, column, changes),
  }));
}

function editorOf(column) {
  if (column.kind === "locked") return { editor: false };
  const values = column.kind === "choice" ? column.options : column.kind === "switch" ? ["Yes", "No"] : null;
  if (!values) return { editor: "input", editorParams: { selectContents: false, elementAttributes: { "aria-label": column.title, maxlength: "100000" } } };
  return {
    editor: "list",
    editorParams: { values: ["", ...values], autocomplete: true, listOnEmpty: true, freetext: true, allowEmpty: true, elementAttributes: { "aria-label": column.title } },
  };
}

// Text is text: nothing in it becomes markup.
function drawn(cell, column, changes) {
  const element = cell.getElement();
  const text = cell.getValue() ?? "";
  const wrong = wrongWith(column, text);
  const lock = changes.lockOf(cell);
  element.classList.toggle("is-changed", changes.isChanged(cell));
  element.classList.toggle("is-locked", Boolean(lock));
  element.classList.toggle("is-wrong", Boolean(wrong));
  const why = wrong || lock.trim();
  if (why) element.title = why;
  else element.removeAttribute("title");
  if (wrong) element.setAttribute("aria-invalid", "true");
  else element.removeAttribute("aria-invalid");
  const made = document.createElement("span");
  made.className = "grid-text";
  made.textContent = text;
  return made;
}
