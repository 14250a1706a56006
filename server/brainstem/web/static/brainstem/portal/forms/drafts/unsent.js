// What the server does not have yet, kept in this browser: by person, and gone once it is sent, or after 30 days.

const PREFIX = "draft:";
const KEPT = 30 * 24 * 3600 * 1000;

// Whether the browser takes it. `version` is what the server last had under this key.
export function keep(person, key, content, version) {
  try {
    localStorage.setItem(`${PREFIX}${person}/${key}`, JSON.stringify({ at: Date.now(), version, content }));
    return true;
  } catch {
    return false;
  }
}

// Gone, unless something else was kept there meanwhile.
export function forget(person, key, content) {
  if (entries().some((one) => one.person === person && one.key === key && one.content === content)) localStorage.removeItem(`${PREFIX}${person}/${key}`);
}

export function unsentOf(person) {
  return entries().filter((one) => one.person === person);
}

function entries() {
  const found = [];
  try {
    for (const name of Object.keys(localStorage).filter((one) => one.startsWith(PREFIX))) {
      const entry = read(name);
      if (!entry || Date.now() - entry.at > KEPT) localStorage.removeItem(name);
      else found.push(entry);
    }
  } catch {
    // This browser keeps nothing.
  }
  return found;
}

function read(name) {
  const [person, key] = name.slice(PREFIX.length).split("/");
  try {
    return { person, key, ...JSON.parse(localStorage.getItem(name)) };
  } catch {
    return null;
  }
}
