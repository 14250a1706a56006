// The list of sections marks the one that is read.

export function markSections(form) {
  const seen = new Map();
  const watcher = new IntersectionObserver((entries) => {
    for (const entry of entries) seen.set(entry.target.id, entry.isIntersecting);
    const first = [...form.querySelectorAll(".form-section")].find((section) => seen.get(section.id));
    for (const link of document.querySelectorAll(".form-nav a")) {
      if (first && link.hash === `#${first.id}`) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }, { rootMargin: "-72px 0px -40% 0px" });
  const watch = () => {
    watcher.disconnect();
    seen.clear();
    for (const section of form.querySelectorAll(".form-section")) watcher.observe(section);
  };
  watch();
  form.addEventListener("drawn", watch);
}
