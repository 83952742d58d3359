// Keeps what is typed in a form marked data-autosave="key" in this browser until it is sent.
// Never used on a centre's own devices. A draft that was sent is forgotten when its form comes up
// anew; pages of failure carry data-unsent, so that it is kept. data-clear forgets it at once.

const WEEK = 7 * 24 * 60 * 60 * 1000;
const skipped = ["password", "hidden", "file", "submit"];

export function begin(form) {
  const key = `draft:${form.dataset.autosave}`;
  if ("clear" in form.dataset) return localStorage.removeItem(key);
  if ("unsent" in form.dataset) return keepAll();
  const status = form.querySelector("[data-saved]");
  const fields = [...form.elements].filter((field) => field.name && !skipped.includes(field.type));
  const ticks = (field) => field.type === "checkbox" || field.type === "radio";
  const value = (field) => (ticks(field) ? field.checked : field.value);
  const initial = fields.map(value);
  const say = (text) => { if (status) status.textContent = text ?? ""; };
  let timer;

  function read() {
    const draft = parse(localStorage.getItem(key));
    const came = performance.getEntriesByType("navigation")[0]?.type;
    if (draft && !(draft.sent && came === "navigate") && Date.now() - draft.at < WEEK) return draft.values;
    localStorage.removeItem(key);
    return null;
  }

  function save(sent) {
    const values = fields.map((field) => [field.name, ticks(field) ? field.value : "", value(field)]);
    try {
      localStorage.setItem(key, JSON.stringify({ at: Date.now(), sent, values }));
      say(sent ? "" : status?.dataset.saved);
    } catch {
      say("");
    }
  }

  const draft = form.querySelector("[aria-invalid='true']") ? null : read();
  const untouched = fields.every((field) => ticks(field) || field.tagName === "SELECT" || !field.value);
  if (draft && untouched) {
    for (const [name, option, kept] of draft) {
      const field = fields.find((one) => one.name === name && (!ticks(one) || one.value === option));
      if (!field) continue;
      if (ticks(field)) field.checked = kept;
      else field.value = kept;
    }
    if (fields.some((field, index) => value(field) !== initial[index])) say(status?.dataset.restored);
    form.dispatchEvent(new Event("restored"));
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, 800, false);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    save(true);
  });
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function keepAll() {
  for (const key of Object.keys(localStorage).filter((name) => name.startsWith("draft:"))) {
    const draft = parse(localStorage.getItem(key));
    if (draft?.sent) localStorage.setItem(key, JSON.stringify({ ...draft, sent: false }));
  }
}
