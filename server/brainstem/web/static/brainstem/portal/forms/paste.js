// A block of cells from a spreadsheet fills the table from the cell it is pasted into, and makes the rows it needs.
import { addRow, rowsOf } from "./rows.js";

const CELL = "input:not([type=hidden], [type=checkbox], [type=radio], [role=combobox]), select, textarea";

export function listenToPaste(form) {
  form.addEventListener("paste", (event) => {
    const cell = event.target.closest("td");
    const table = cell?.closest("[data-rows]");
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!table || !/[\t\n]/.test(text.trimEnd())) return;
    event.preventDefault();
    fill(table, cell, cellsOf(text));
  });
}

// The cells of a text between tabs; quoted ones may hold line breaks, as spreadsheets write them.
export function cellsOf(text) {
  const rows = [[]];
  const pattern = /(?:"((?:[^"]|"")*)"|([^\t\r\n]*))(\t|\r\n|\n|\r|$)/gy;
  for (let match = pattern.exec(text); match && pattern.lastIndex <= text.length; match = pattern.exec(text)) {
    rows.at(-1).push(match[1] === undefined ? match[2] : match[1].replaceAll('""', '"'));
    if (match[3] === "") break;
    if (match[3] !== "\t") rows.push([]);
  }
  while (rows.length && rows.at(-1).every((cell) => cell === "")) rows.pop();
  return rows;
}

function fill(table, cell, block) {
  const start = rowsOf(table).indexOf(cell.closest("[data-row]"));
  block.forEach((cells, down) => {
    const row = rowsOf(table)[start + down] ?? addRow(table);
    cells.forEach((text, right) => {
      const target = row.children[cell.cellIndex + right]?.querySelector(CELL);
      if (target) write(target, text.trim());
    });
  });
  const last = rowsOf(table).at(-1);
  if ([...last.querySelectorAll(CELL)].some((one) => !one.name.endsWith(".unit") && one.value)) addRow(table);
}

function write(target, text) {
  if (target.matches("select")) {
    const wanted = text.toLowerCase();
    const option = [...target.options].find((one) => [one.value, one.label].some((word) => word.toLowerCase() === wanted));
    if (option) target.value = option.value;
    else if (text) target.dispatchEvent(new CustomEvent("named", { bubbles: true, detail: text }));
    target.dispatchEvent(new Event("change", { bubbles: true }));
  } else target.value = text;
}
