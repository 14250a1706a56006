// Tags in use are suggested for the word that is being typed; the words before it stay. They do not bind.

import { fetched } from "../../ui/documents.js";

const PAUSE = 150;

// `input` is the control that somebody is in already.
export function listenToTags(form, input = null) {
  let timer = 0;
  const ask = (input) => {
    clearTimeout(timer);
    timer = setTimeout(() => suggest(input), PAUSE);
  };
  for (const kind of ["input", "focusin"]) {
    form.addEventListener(kind, (event) => event.target.matches("[data-tags]") && ask(event.target));
  }
  if (input) ask(input);
}

async function suggest(input) {
  const end = input.value.lastIndexOf(",") + 1;
  const before = input.value.slice(0, end);
  const typed = input.value.slice(end).trim();
  const taken = before.split(",").map((word) => word.trim());
  const page = await fetched(`${input.dataset.tags}?q=${encodeURIComponent(typed)}`).catch(() => null);
  if (!page) return;
  const tags = [...page.querySelectorAll("option")].map((one) => one.value).filter((one) => !taken.includes(one));
  const space = before && " ";
  input.list.replaceChildren(...tags.map((tag) => Object.assign(document.createElement("option"), { value: `${before}${space}${quoted(tag)}` })));
}

// A tag with a comma in it is quoted, as the server reads and writes it.
const quoted = (tag) => (/[",]/.test(tag) ? `"${tag.replaceAll('"', '""')}"` : tag);
