// Copies the text beside a button.
for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.previousElementSibling.textContent);
  const label = button.lastChild;
  label.data = "Copied";
  setTimeout(() => (label.data = "Copy"), 2000);
});
