// The query builder: rows of fields, operators and values, written to the URL and read from it.
import { el, option } from "./dom.js";
import { OPERATORS, describe, isRelation, stepsOf } from "./models.js";
import { read, write } from "./query.js";
import { filterInput } from "./values.js";

const MOST_STEPS = 6;

// facts: {portal, shown, list}; changed is called with the new query string.
export function builder(facts, search, changed) {
  const query = read(search);
  const tell = () => changed(write(query));
  const rows = (list, draw) => el("div", { class: "query-rows" }, ...list.map(draw));
  const root = el("div", { class: "query" });
  const drawAll = () => {
    root.replaceChildren(
      ...(facts.list ? [
        group("Filter", "Add filter", query.filters, () => ({ path: [""], operator: "eq", negated: false, value: "" }), filterRow),
        group("Sort", "Add sort key", query.sorts, () => ({ path: [""], descending: false }), sortRow),
      ] : []),
      group("Include", "Add records", query.includes, () => ({ path: [""] }), includeRow),
      ...(facts.list ? [around()] : []),
    );
  };

  function group(title, add, list, fresh, row) {
    const body = rows(list, (one) => whole(one));
    const button = el("button", { type: "button", class: "small", onclick: () => {
      const one = fresh();
      list.push(one);
      const made = whole(one);
      body.append(made);
      made.ready.then(() => made.querySelector("select")?.focus());
    } }, add);
    function whole(one) {
      const made = el("div", { class: "query-row" });
      const remove = el("button", { type: "button", class: "small", "aria-label": `Remove from ${title.toLowerCase()}`, onclick: () => {
        list.splice(list.indexOf(one), 1);
        made.remove();
        button.focus();
        tell();
      } }, "×");
      const parts = el("span", { class: "query-parts" });
      made.append(parts, remove);
      made.ready = row(one, parts);
      return made;
    }
    return el("fieldset", { class: "query-group" }, el("legend", {}, title), body, button);
  }

  // Selects for a path, one per step; it ends at a field that is not a relation, or where the user stops.
  async function chain(one, parts, purpose, ended) {
    const box = el("span", { class: "query-path" });
    parts.replaceChildren(box);
    const step = async (route, at, above, parent) => {
      const about = await describe(facts.portal, route);
      while (box.children.length > at) box.lastChild.remove();
      if (!about) return ended(null, about);
      const name = one.path[at] ?? "";
      const names = stepsOf(about, purpose, above, facts.hidden[route]);
      const label = at ? "Field of it" : "Field";
      const blank = at === 0 ? "choose" : purpose === "include" ? "nothing more" : purpose === "filter" ? "id" : "choose";
      const select = el("select", { "aria-label": label, onchange: () => {
        one.path = [...one.path.slice(0, at), ...(select.value || at === 0 ? [select.value] : [])];
        tell();
        follow(select.value);
      } }, option("", blank), ...names.map((known) => option(known, known, known === name)));
      if (name && !names.includes(name)) {
        select.append(option(name, `${name} (unknown)`, true));
      }
      if (about.fields[name]?.help_text) select.title = about.fields[name].help_text;
      box.append(select);
      const follow = (chosen) => {
        while (box.children.length > at + 1) box.lastChild.remove();
        const field = about.fields[chosen];
        if (!chosen) return ended(purpose === "filter" ? parent : null);
        if (isRelation(field) && at + 1 < MOST_STEPS) return step(field.related, at + 1, [...above, field.related], field);
        if (purpose === "filter" && field?.type === "json") box.append(insideInput(one, at));
        return ended(field ?? null);
      };
      await follow(name);
    };
    await step(facts.shown, 0, [facts.shown]);
  }

  function insideInput(one, at) {
    return el("input", { "aria-label": "Value inside of it", class: "query-inside", placeholder: "name inside", value: one.path.slice(at + 1).join("."),
      oninput: (event) => {
        one.path = [...one.path.slice(0, at + 1), ...event.target.value.split(".").filter(Boolean)];
        tell();
      } });
  }

  function filterRow(one, parts) {
    const rest = el("span", { class: "query-value" });
    return chain(one, parts, "filter", (field) => {
      if (!field) return rest.replaceChildren();
      drawValue(one, field, rest);
      parts.append(rest);
    });
  }

  function drawValue(one, field, rest) {
    const known = [...field.operators].sort((a, b) => order(a) - order(b));
    if (!known.includes(one.operator)) one.operator = known.includes("eq") ? "eq" : known[0];
    const negate = el("input", { type: "checkbox", onchange: () => { one.negated = negate.checked; tell(); } });
    negate.checked = one.negated;
    const operator = el("select", { "aria-label": "Operator", onchange: () => {
      one.operator = operator.value;
      drawValue(one, field, rest);
      rest.querySelector("[aria-label=Operator]").focus();
    } }, ...known.map((name) => option(name, OPERATORS[name], name === one.operator)));
    const input = filterInput(facts.portal, field, one.operator, one.value);
    const took = () => { one.value = input.value; tell(); };
    input.addEventListener("input", took);
    input.addEventListener("change", took);
    rest.replaceChildren(el("label", { class: "query-not" }, negate, "not"), operator, input);
    if (input.companion) rest.append(input.companion);
    took();
  }

  function sortRow(one, parts) {
    const way = el("select", { "aria-label": "Order", onchange: () => { one.descending = way.value === "-"; tell(); } },
      option("", "ascending", !one.descending), option("-", "descending", one.descending));
    return chain(one, parts, "sort", () => parts.append(way));
  }

  function includeRow(one, parts) {
    return chain(one, parts, "include", () => {});
  }

  function around() {
    const field = (name, label, attributes) => el("label", {}, label, el("input", { ...attributes, name, value: query[name],
      oninput: (event) => { query[name] = event.target.value.trim(); tell(); } }));
    return el("fieldset", { class: "query-group query-around" }, el("legend", {}, "Which"),
      field("search", "Search", { type: "search" }),
      field("limit", "Limit", { type: "number", min: "1", max: "100", placeholder: "20" }),
      field("offset", "Offset", { type: "number", min: "0", placeholder: "0" }));
  }

  drawAll();
  return root;
}

const order = (name) => Object.keys(OPERATORS).indexOf(name);
