// The live sum of a form marked data-basket: checked inputs with data-cost, numbers and places with
// data-mark, one basket bar. What was refused before (data-refused, beside the form) goes once the
// marks are changed and not too many.

export function begin(form) {
  const bar = form.querySelector("[data-basket-bar]");
  if (!bar) return;
  const find = (name) => bar.querySelector(`[data-${name}]`);
  const cap = Number(bar.dataset.cap);
  const limit = Number(bar.dataset.limit);
  const money = (sum) => bar.dataset.money.replace("0", sum.toLocaleString("ko-KR"));
  const fields = [...form.querySelectorAll("[data-mark]")];
  let timer;

  function update(aloud) {
    const chosen = [...form.querySelectorAll("input:checked")].filter((input) => input.name !== "");
    const counted = chosen.filter((input) => "cost" in input.dataset || !cap);
    const given = fields.filter((field) => field.value !== "" && !("points" in field.dataset && Number(field.value) === 0));
    const count = counted.length + given.length;
    const points = given.filter((field) => "points" in field.dataset).reduce((total, field) => total + Number(field.value), 0);
    const sum = counted.reduce((total, input) => total + Number(input.dataset.cost ?? 0), points);
    const over = cap > 0 && sum > cap;
    const surplus = limit > 0 ? Math.max(count - limit, 0) : 0;
    bar.classList.toggle("basket--over", over || surplus > 0);
    find("count-out").textContent = count;
    const less = bar.dataset.less?.replace("0", surplus);
    if (find("less-out")) {
      find("less-out").textContent = less;
      find("less-out").hidden = surplus === 0;
    }
    const said = limit || !cap ? [`${bar.dataset.chosen} ${count}${limit ? `/${limit}` : ""}`] : [];
    if (cap) {
      const word = over ? bar.dataset.over : bar.dataset.left;
      find("sum-out").textContent = money(sum);
      find("left-label").textContent = word;
      find("left-sum").textContent = money(Math.abs(cap - sum));
      find("meter").value = Math.min(sum, cap);
      said.push(`${bar.dataset.sum} ${money(sum)}`, `${word} ${money(Math.abs(cap - sum))}`);
    }
    if (less && surplus) said.push(less);
    if (aloud && !over && !surplus) form.parentElement.querySelector("[data-refused]")?.remove();
    clearTimeout(timer);
    if (aloud) timer = setTimeout(() => { find("say").textContent = said.join(", "); }, 500);
  }

  form.addEventListener("change", () => update(true));
  form.addEventListener("input", () => update(false));
  update(false);
}
