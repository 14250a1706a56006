// Cells as spreadsheets put them on the clipboard: tabs between them, lines below each other, quotes around what has either.
"use strict";

export function cellsIn(text) {
  const rows = [[]];
  let [cell, quoted] = ["", false];
  const plain = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  const end = () => {
    rows.at(-1).push(cell.replace(/\s+/g, " ").trim());
    cell = "";
  };
  for (let at = 0; at < plain.length; at += 1) {
    const one = plain[at];
    if (quoted) {
      if (one !== '"') cell += one;
      else if (plain[at + 1] === '"') (cell += '"'), (at += 1);
      else quoted = false;
    } else if (one === '"' && !cell) quoted = true;
    else if (one === "\t") end();
    else if (one === "\n") end(), rows.push([]);
    else cell += one;
  }
  end();
  return rows;
}
