// What was changed in the table since it was opened, by rows and cells, and how to take it back step by step.
"use strict";

import { wrongWith } from "./columns.js";

export class Changes {
  steps = []; // each {cells: [[row, field, before]], added}
  #original = new Map(); // "row field" -> the text when the table was opened
  #open = null;
  #replaying = false;

  constructor(columns) {
    this.columns = columns;
  }

  // Everything until it is closed is taken back at once.
  open() {
    this.#open = { cells: [], added: 0 };
    return this.#open;
  }

  close(step) {
    this.#open = null;
    if (step.cells.length || step.added) this.steps.push(step);
  }

  grew(many) {
    if (this.#open) this.#open.added += many;
  }

  edited(cell) {
    if (this.#replaying) return;
    const [row, field] = [cell.getRow().getIndex(), cell.getField()];
    const before = String(cell.getOldValue() ?? "");
    const text = String(cell.getValue() ?? "").trim();
    if (!this.isFree(cell)) return this.#put(cell, before); // emptied together with others
    if (text !== cell.getValue()) this.#put(cell, text);
    const key = `${row} ${field}`;
    if (!this.#original.has(key)) this.#original.set(key, before);
    cell.getElement().classList.toggle("is-changed", this.isChanged(cell));
    if (this.#open) return void this.#open.cells.push([row, field, before]);
    // Cells that are emptied with one key come one after the other, without a pause.
    if (!this.collecting) {
      this.collecting = { cells: [], added: 0 };
      this.steps.push(this.collecting);
      setTimeout(() => (this.collecting = null));
    }
    this.collecting.cells.push([row, field, before]);
  }

  undo(table) {
    const step = this.steps.pop();
    if (!step) return;
    for (const [row, field, before] of step.cells.reverse()) {
      const cell = table.getRow(row)?.getCell?.(field);
      if (cell) this.#put(cell, before);
    }
    for (let left = step.added; left > 0; left -= 1) table.getRows().at(-1).delete();
  }

  #put(cell, text) {
    this.#replaying = true;
    cell.setValue(text);
    this.#replaying = false;
  }

  lockOf(cell) {
    const at = Number(cell.getField().slice(1));
    const row = cell.getRow().getData();
    if (this.columns[at]?.kind === "locked") return "This column is worked out, or is changed elsewhere.";
    return row.locks?.[at] ?? "";
  }

  isFree(cell) {
    return cell.getField() !== "number" && !this.lockOf(cell);
  }

  isChanged(cell) {
    const data = cell.getRow().getData();
    const key = `${data.number} ${cell.getField()}`;
    return this.#original.has(key) && (cell.getValue() ?? "") !== this.#original.get(key);
  }

  // The rows in which something is not as it was.
  sent(table) {
    return table.getData().map((row) => {
      const cells = {};
      this.columns.forEach((column, at) => {
        const key = `${row.number} c${at}`;
        const text = row[`c${at}`] ?? "";
        if (this.#original.has(key) && text !== this.#original.get(key)) cells[column.key] = text;
      });
      return { number: row.number, id: row.id, cells };
    }).filter((row) => Object.keys(row.cells).length);
  }

  counts(table) {
    const rows = this.sent(table);
    const kinds = Object.fromEntries(this.columns.map((column) => [column.key, column]));
    let [cells, news, wrong] = [0, 0, 0];
    for (const row of rows) {
      if (row.id) cells += Object.keys(row.cells).length;
      else news += 1;
      wrong += Object.entries(row.cells).filter(([key, text]) => wrongWith(kinds[key], text)).length;
    }
    return { cells, news, wrong };
  }

  // What was typed before the server refused it.
  again(table, rows, added) {
    const step = this.open();
    const more = Math.max(0, ...rows.map((row) => row.number)) - table.getDataCount();
    const start = table.getDataCount();
    const made = Array.from({ length: Math.max(0, more) }, (_, at) => added(start + at + 1));
    this.grew(made.length);
    for (const one of made) table.addRow(one);
    const byId = new Map(table.getRows().map((row) => [row.getData().id, row]));
    for (const { number, id, cells } of rows) {
      const row = id ? byId.get(id) : table.getRow(number);
      for (const [key, text] of Object.entries(cells)) {
        row?.getCell?.(`c${this.columns.findIndex((column) => column.key === key)}`)?.setValue?.(text);
      }
    }
    this.close(step);
  }
}
