// Dragging the edge of a column's head makes it wider or narrower; a double click lets it fit again. For the mouse only:
// without it, widths are numbers in the menu of columns, which this fills in and sends.
"use strict";

const heads = [...document.querySelectorAll("#selection thead th")].slice(1); // the names come first
const inputs = [...document.querySelectorAll("#columns .width-input")];
const rem = () => parseFloat(getComputedStyle(document.documentElement).fontSize);

function send(input, width) {
  input.value = width;
  const form = input.form;
  form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "_do", value: "widen" }));
  form.requestSubmit();
}

// The cells of a column with the class of a width, as the server draws them.
function draw(head, width) {
  const at = head.cellIndex;
  for (const row of head.closest("table").rows) {
    const { classList } = row.cells[at];
    for (const name of [...classList]) if (/^w\d+$/.test(name)) classList.remove(name);
    classList.add(`w${width}`);
  }
}

function drag(event, head, input) {
  event.preventDefault();
  const handle = event.currentTarget;
  const [from, start] = [event.clientX, head.getBoundingClientRect().width / rem()];
  let width = 0;
  const move = ({ clientX }) => {
    const wanted = Math.round(start + (clientX - from) / rem());
    width = Math.min(Math.max(wanted, Number(input.min)), Number(input.max));
    draw(head, width);
  };
  handle.setPointerCapture(event.pointerId);
  handle.addEventListener("pointermove", move);
  const stop = () => {
    handle.removeEventListener("pointermove", move);
    if (width) send(input, width);
  };
  handle.addEventListener("lostpointercapture", stop, { once: true });
}

if (heads.length === inputs.length) {
  heads.forEach((head, number) => {
    const handle = Object.assign(document.createElement("span"), { className: "widen", title: "Drag to widen; double-click to fit" });
    handle.setAttribute("aria-hidden", "true");
    handle.addEventListener("pointerdown", (event) => event.button === 0 && drag(event, head, inputs[number]));
    handle.addEventListener("dblclick", () => inputs[number].value && send(inputs[number], ""));
    head.append(handle);
  });
}
