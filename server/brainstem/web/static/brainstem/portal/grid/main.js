// A list as a table: cells are edited, copied and pasted here; what was changed is sent to be reviewed, and to nothing else.
"use strict";

import { Tabulator } from "../../../vendor/tabulator.js";
import { columnsOf } from "./columns.js";
import { Changes } from "./changes.js";
import { cellsIn } from "./pasted.js";

const { columns, rows, typed, adds, most } = JSON.parse(document.getElementById("grid-data").textContent);
const form = document.getElementById("grid-form");
const host = document.getElementById("grid");
const told = document.querySelector("[data-told]");
const counted = told.textContent;
const [undo, review] = ["undo", "review"].map((name) => form.querySelector(`[data-${name}]`));
document.querySelector("[data-without]").remove();
for (const one of document.querySelectorAll("[data-tools]")) one.hidden = false;

const blank = () => Object.fromEntries(columns.map((_, at) => [`c${at}`, ""]));
const data = rows.map((row, at) => ({
  number: at + 1, id: row.id, title: row.title, locks: row.locks,
  ...Object.fromEntries(row.cells.map((text, at) => [`c${at}`, text])),
}));
const added = (number) => ({ number, id: "", title: "", locks: {}, ...blank() });

const changes = new Changes(columns);
const table = new Tabulator(host, {
  data,
  columns: columnsOf(columns, changes),
  index: "number",
  height: "100%",
  layout: "fitDataFill",
  rowHeader: { field: "number", resizable: false, frozen: true, width: 44, hozAlign: "end", cssClass: "grid-number", editor: false },
  selectableRange: 1,
  selectableRangeColumns: true,
  selectableRangeRows: true,
  selectableRangeClearCells: true,
  selectableRangeClearCellsValue: "",
  editTriggerEvent: "dblclick",
  clipboard: "copy",
  clipboardCopyStyled: false,
  clipboardCopyConfig: { rowHeaders: false, columnHeaders: false },
  clipboardCopyRowRange: "range",
  columnDefaults: { resizable: "header" },
  placeholder: adds ? "No rows. Paste some, or add one." : "No rows.",
});

table.on("tableBuilt", () => {
  host.setAttribute("aria-label", document.querySelector("h1").textContent);
  explain();
  if (typed) changes.again(table, JSON.parse(typed), added);
  tell();
  if (document.activeElement === document.body) document.getElementById("problems")?.focus();
});
table.on("cellEdited", (cell) => {
  changes.edited(cell);
  tell();
});

function tell() {
  const { cells, news, wrong } = changes.counts(table);
  const parts = [];
  if (cells) parts.push(`${cells.toLocaleString(form.dataset.numbers)} cell${cells === 1 ? "" : "s"} changed`);
  if (news) parts.push(`${news.toLocaleString(form.dataset.numbers)} new row${news === 1 ? "" : "s"}`);
  if (wrong) parts.push(`${wrong.toLocaleString(form.dataset.numbers)} to correct`);
  told.textContent = parts.length ? parts.join(", ") : counted;
  review.disabled = !cells && !news;
  undo.disabled = !changes.steps.length;
}

// The parts that scroll are rows of the grid to those who hear it; the frames around what is selected are only drawn.
function explain() {
  host.removeAttribute("aria-owns");
  const roles = { ".tabulator-header-contents": "presentation", ".tabulator-tableholder": "rowgroup", ".tabulator-table": "presentation" };
  for (const [part, role] of Object.entries(roles)) host.querySelector(part)?.setAttribute("role", role);
  host.querySelector(".tabulator-range-overlay")?.setAttribute("aria-hidden", "true");
}

// -- rows and cells --------------------------------------------------------------------------------------------------

const last = () => table.getDataCount();

function add(many) {
  const room = rows.length + most - last();
  const made = Array.from({ length: Math.min(many, room) }, (_, at) => added(last() + at + 1));
  changes.grew(made.length);
  return table.addData(made).then(() => made.length);
}

// The first cell of what is selected: number of the row among all, and of the column.
function corner() {
  const range = table.getRanges()[0];
  if (!range) return { row: 0, column: 0 };
  const [row, column] = [range.getRows()[0], range.getColumns()[0]];
  const field = column?.getField() ?? "c0";
  return { row: row ? table.getRows().indexOf(row) : 0, column: field === "number" ? 0 : Number(field.slice(1)) };
}

async function paste(text) {
  const lines = cellsIn(text);
  const from = corner();
  const start = Math.max(from.row, 0);
  const missing = start + lines.length - last();
  const step = changes.open();
  if (missing > 0 && adds) await add(missing);
  const there = table.getRows();
  let lost = 0;
  lines.forEach((cells, down) => cells.forEach((text, across) => {
    const cell = there[start + down]?.getCell?.(`c${from.column + across}`);
    if (!cell || !changes.isFree(cell)) return void (text && (!cell || cell.getValue() !== text) && (lost += 1));
    cell.setValue(text.trim());
  }));
  changes.close(step);
  tell();
  if (lost) told.textContent += `. ${lost.toLocaleString(form.dataset.numbers)} of the pasted cells cannot be changed here, and were left out`;
}

host.addEventListener("paste", onPaste);
document.addEventListener("paste", onPaste);
function onPaste(event) {
  if (event.defaultPrevented || event.target.closest?.("input, textarea, select") || !within(event.target)) return;
  const text = event.clipboardData?.getData("text/plain");
  if (!text) return;
  event.preventDefault();
  paste(text);
}
const within = (at) => at === document.body || host.contains(at);

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select");
  if (typing || !within(event.target) || event.altKey) return;
  if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z") {
    event.preventDefault();
    takeBack();
  } else if (event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && host.contains(event.target)) {
    begin(event); // whoever types on a cell replaces what is in it, as in any spreadsheet
  }
}, { capture: true });

function begin(event) {
  const { row, column } = corner();
  const cell = table.getRows()[row]?.getCell?.(`c${column}`);
  if (!cell || !changes.isFree(cell)) return;
  event.preventDefault();
  event.stopPropagation();
  cell.edit();
  const input = cell.getElement().querySelector("input");
  if (!input) return;
  input.value = event.key;
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

function takeBack() {
  changes.undo(table);
  tell();
}
undo.addEventListener("click", takeBack);
form.querySelector("[data-add]")?.addEventListener("click", async () => {
  const step = changes.open();
  await add(1);
  changes.close(step);
  const row = table.getRows().at(-1);
  await table.scrollToRow(row, "bottom", false);
  row.getCell("c0")?.getElement().click();
  tell();
});

// -- leaving ----------------------------------------------------------------------------------------------------------

let sending = false;
form.addEventListener("submit", () => {
  form.elements.rows.value = JSON.stringify(changes.sent(table));
  sending = true;
});
window.addEventListener("pageshow", () => (sending = false));
window.addEventListener("beforeunload", (event) => {
  if (!sending && !review.disabled) event.preventDefault();
});
