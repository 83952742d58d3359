// Typing sheets with one hand: number keys toggle options, the field never loses the keyboard, and
// Enter sends a sheet once. The field is the truth; without this script it is typed as it stands.

for (const form of document.querySelectorAll("[data-desk-type]")) begin(form);

function begin(form) {
  const field = form.querySelector("[data-desk-keys]");
  const said = form.querySelector("[data-desk-said]");
  const rows = [...form.querySelectorAll("[data-number]")];
  const answers = form.dataset.kind === "yes_no";
  const few = rows.length < 10;
  form.querySelector("[data-desk-extra]").hidden = false;

  const special = (text) => /^[*/]/.test(text) || text === "0";
  const numbers = (text) => (few ? [...text.replace(/[\s,.+]/g, "")] : text.split(/[\s,.+]+/).filter(Boolean));

  // A number typed a second time takes itself back.
  function toggled(list) {
    return list.filter((one) => list.filter((other) => other === one).length % 2 === 1)
      .filter((one, place, all) => all.indexOf(one) === place);
  }

  function show() {
    const text = field.value.trim();
    const marked = special(text) || answers ? [] : toggled(numbers(text));
    const keys = answers && !special(text) ? [...text.replace(/\s/g, "")] : [];
    rows.forEach((row, place) => {
      row.classList.toggle("is-on", answers ? keys[place] !== undefined : marked.includes(row.dataset.number));
      row.querySelector("[data-answer]").textContent = keys[place] === undefined ? "" : word(keys[place]);
    });
    const over = !answers && marked.length > Number(form.dataset.most);
    said.textContent = over ? form.dataset.tooMany : marked.length ? `${form.dataset.chosen} ${marked.length}` : "";
  }

  function word(key) {
    const row = [...form.querySelectorAll(".desk-legend kbd")].find((kbd) => kbd.textContent === key);
    return row ? row.closest("div").querySelector("dd").textContent : key;
  }

  field.addEventListener("input", () => {
    if (field.value.includes("-")) field.value = field.value.replaceAll("-", "").slice(0, -1);
    if (!answers && few && !special(field.value.trim())) field.value = toggled(numbers(field.value)).join(" ");
    show();
  });
  for (const row of rows) {
    if (answers) continue;
    row.addEventListener("click", () => {
      field.value = special(field.value.trim()) ? row.dataset.number : `${field.value} ${row.dataset.number}`;
      field.value = toggled(numbers(field.value)).join(" ");
      show();
      field.focus();
    });
  }
  document.addEventListener("keydown", (event) => {
    const typed = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (typed && document.activeElement === document.body) field.focus();
  });
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
  window.addEventListener("pageshow", () => {
    delete form.dataset.sent;
    field.focus();
    show();
  });
}
