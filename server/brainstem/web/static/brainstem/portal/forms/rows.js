// Rows of tables: added, removed and moved in the page. Numbers only tell rows apart; their order is that of the page.

const ROW = "[data-row]";
const NAMED = ["name", "id", "for", "list", "aria-describedby", "data-rows", "value"];

export function listenToRows(form) {
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-add], button[data-remove], button[data-repeat], button[data-move]");
    const table = button?.closest("[data-rows]");
    if (!table) return;
    event.preventDefault();
    const row = button.closest(ROW);
    if (button.hasAttribute("data-add")) focusIn(addRow(table));
    else if (button.hasAttribute("data-remove")) removeRow(table, row);
    else if (button.hasAttribute("data-repeat")) focusIn(repeatRow(table, row));
    else moveRow(row, button.dataset.move, button);
  });
}

export function rowsOf(table) {
  return [...table.querySelectorAll(ROW)].filter((row) => row.closest("[data-rows]") === table);
}

// A new row after the last one: a copy of it, empty.
export function addRow(table) {
  const last = rowsOf(table).at(-1);
  const made = copyOf(table, last);
  empty(made);
  last.after(made);
  return made;
}

// A new row after this one that holds the same.
function repeatRow(table, row) {
  const made = copyOf(table, row);
  unmark(made);
  row.after(made);
  return made;
}

function copyOf(table, row) {
  const number = 1 + Math.max(...rowsOf(table).map((one) => Number(one.dataset.row)));
  const made = row.cloneNode(true);
  // Browsers copy what was typed, but not what was chosen.
  const chosen = [...row.querySelectorAll("select")];
  made.querySelectorAll("select").forEach((select, at) => (select.value = chosen[at].value));
  rename(made, table.dataset.rows, row.dataset.row, number);
  return made;
}

export function moveRow(row, way, button) {
  const other = way === "up" ? row.previousElementSibling : row.nextElementSibling;
  if (!other?.matches(ROW)) return;
  if (way === "up") other.before(row);
  else other.after(row);
  button?.focus();
}

function removeRow(table, row) {
  const rows = rowsOf(table);
  if (rows.length === 1) addRow(table);
  const next = row.nextElementSibling ?? row.previousElementSibling;
  row.remove();
  focusIn(next?.matches(ROW) ? next : rowsOf(table)[0]);
}

function rename(row, table, from, to) {
  row.dataset.row = to;
  const pairs = [
    [`${table}.${from}.`, `${table}.${to}.`],
    [`f-${table.replaceAll(".", "-")}-${from}-`, `f-${table.replaceAll(".", "-")}-${to}-`],
  ];
  for (const element of row.querySelectorAll("*")) {
    for (const name of NAMED) {
      const text = element.getAttribute(name);
      if (text === null) continue;
      if (name === "value") {
        if (element.matches("button")) element.setAttribute(name, text.replace(` ${table} ${from}`, ` ${table} ${to}`).replace(` ${table}.${from}.`, ` ${table}.${to}.`));
        continue;
      }
      element.setAttribute(name, pairs.reduce((found, [old, now]) => found.replaceAll(old, now), text));
    }
  }
}

// It stands for no stored row, and nothing is wrong with it yet.
function unmark(row) {
  for (const element of row.querySelectorAll("input[name$='._was'], .error, .kept")) element.remove();
  const legend = row.querySelector("legend");
  if (legend && row.matches(".row-block")) legend.textContent = "New row";
}

function empty(row) {
  unmark(row);
  for (const element of row.querySelectorAll("input, select, textarea")) {
    element.removeAttribute("aria-invalid");
    if (element.type === "checkbox" || element.type === "radio") element.checked = false;
    else if (element.matches("select")) {
      if (!element.name.endsWith(".unit")) element.selectedIndex = 0;
    } else if (element.type !== "hidden") element.value = "";
  }
}

function focusIn(row) {
  row?.querySelector("input:not([type=hidden]), select, textarea")?.focus();
}
