// The present minute for a time, in the zone in which the form reads times.

export function listenToNow(form) {
  form.addEventListener("click", (event) => {
    const input = event.target.closest("[data-now]")?.previousElementSibling;
    if (!input) return;
    input.value = minuteIn(form.elements._zone.value);
    for (const kind of ["input", "change"]) input.dispatchEvent(new Event(kind, { bubbles: true }));
    input.focus();
  });
}

function minuteIn(zone) {
  const parts = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const said = new Intl.DateTimeFormat("en", { ...parts, timeZone: zone }).formatToParts(new Date());
  const { year, month, day, hour, minute } = Object.fromEntries(said.map((one) => [one.type, one.value]));
  return `${year}-${month}-${day}T${hour}:${minute}`;
}
