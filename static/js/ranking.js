// Places of a ranking where each is for one option only: giving a place away exchanges the two, and
// says so. Without this script the next page says that a place was given twice.

for (const list of document.querySelectorAll("[data-swap]")) {
  const fields = [...list.querySelectorAll("select")];
  const before = new Map(fields.map((field) => [field, field.value]));
  const title = (field) => field.closest(".mark").querySelector(".choice__title").textContent;
  list.addEventListener("change", ({ target: field }) => {
    const other = fields.find((one) => one !== field && one.value !== "" && one.value === field.value);
    if (other) {
      other.value = before.get(field);
      before.set(other, other.value);
      list.querySelector("[data-swap-say]").textContent = `${list.dataset.swap} ${title(other)}: ${other.selectedOptions[0].text}`;
    }
    before.set(field, field.value);
  });
}
