// Keeps what is typed in a form marked data-autosave="key" in this browser until it is sent.
// Never used on a centre's own devices. [data-autosave=key] with data-clear forgets a sent draft.

const WEEK = 7 * 24 * 60 * 60 * 1000;
const skipped = ["password", "hidden", "file", "submit"];

export function begin(form) {
  const key = `draft:${form.dataset.autosave}`;
  if ("clear" in form.dataset) {
    localStorage.removeItem(key);
    return;
  }
  const status = form.querySelector("[data-saved]");
  const fields = [...form.elements].filter((field) => field.name && !skipped.includes(field.type));
  const ticks = (field) => field.type === "checkbox" || field.type === "radio";
  const value = (field) => (ticks(field) ? field.checked : field.value);
  const initial = fields.map(value);
  const say = (text) => { if (status) status.textContent = text ?? ""; };
  let timer;

  function read() {
    try {
      const draft = JSON.parse(localStorage.getItem(key));
      return draft && Date.now() - draft.at < WEEK ? draft.values : null;
    } catch {
      return null;
    }
  }

  function save() {
    const values = fields.map((field) => [field.name, ticks(field) ? field.value : "", value(field)]);
    try {
      localStorage.setItem(key, JSON.stringify({ at: Date.now(), values }));
      say(status?.dataset.saved);
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
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, 800);
  });
  addEventListener("pagehide", () => {
    if (fields.some((field, index) => value(field) !== initial[index])) save();
  });
}
