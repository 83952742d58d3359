// Typing sheets with one hand: number keys toggle options, the keyboard never leaves the field, and
// Enter saves a sheet and brings the next without a new page. What is typed while a sheet is being
// saved waits for the next one, so that no key is lost. The field is the truth; without this script
// it is typed as it stands and each sheet is a page of its own.

const main = document.getElementById("main");
let waiting = null; // keys typed while a sheet is being saved

begin();

function begin() {
  const form = main.querySelector("[data-desk-type]");
  if (!form) return;
  const field = form.querySelector("[data-desk-keys]");
  const rows = [...form.querySelectorAll("[data-number]")];
  const { kind, unit, most } = form.dataset;
  const isNumbers = unit !== "";
  const isAnswers = kind === "yes_no" || isNumbers; // one key, or one number, for each option in order
  const isFew = rows.length < 10;
  form.querySelector("[data-desk-extra]").hidden = false;

  const isSpecial = (text) => /^[*/]/.test(text) || (text === "0" && !isNumbers);
  // As voting/forms/keys.py: "." for nothing, "2/3" for two numbers, a blank or + between long ones.
  const parts = (text) => text.match(isFewNumbers && !/[\s,+]/.test(text) ? /\.|\d(\/\d)*/g : /\.|\d+(\/\d+)*/g) ?? [];
  const isFewNumbers = Number(form.dataset.highest) < 10;
  const keysOf = (text) => (isNumbers ? parts(text) : isAnswers ? [...text.replace(/\s/g, "")] : toggled(numbers(text)));
  const numbers = (text) => (isFew ? [...text.replace(/[\s,.+]/g, "")] : text.split(/[\s,.+]+/).filter(Boolean));

  // A number typed a second time takes itself back; one that is not on the ballot stays, to be told.
  const known = new Set(rows.map((row) => row.dataset.number));
  function toggled(list) {
    const odd = list.filter((one) => !known.has(one) || list.filter((other) => other === one).length % 2 === 1);
    return [...new Set(odd)];
  }

  function show() {
    const text = field.value.trim();
    const keys = isSpecial(text) ? [] : keysOf(text);
    rows.forEach((row, place) => {
      const answer = isAnswers ? keys[place] : undefined;
      row.classList.toggle("is-on", isAnswers ? answer !== undefined : keys.includes(row.dataset.number));
      row.querySelector("[data-answer]").textContent = answer === undefined ? "" : meaning(answer);
    });
    const sum = kind === "points" ? keys.reduce((total, key) => total + Number.parseInt(key.replace(".", "0"), 10), 0) : 0;
    const isOver = (isAnswers ? sum : keys.length) > Number(most);
    const said = sum ? `${form.dataset.sum} ${unit.replace("0", sum)}` : !isAnswers && keys.length ? `${form.dataset.chosen} ${keys.length}` : "";
    form.querySelector("[data-desk-said]").textContent = isOver ? form.dataset.tooMany : said;
  }

  function meaning(key) {
    if (isNumbers) return key === "." || (key === "0" && kind !== "score") ? "–" : unit.replace("0", key);
    const found = [...form.querySelectorAll(".desk-legend kbd")].find((kbd) => kbd.textContent === key);
    return found ? found.closest("div").querySelector("dd").textContent : key;
  }

  field.addEventListener("input", () => {
    if (field.value.includes("-")) field.value = field.value.replaceAll("-", "").trimEnd().slice(0, -1);
    if (!isAnswers && isFew && !isSpecial(field.value.trim())) field.value = toggled(numbers(field.value)).join(" ");
    show();
  });
  if (!isAnswers) {
    for (const row of rows) {
      row.addEventListener("click", () => {
        const before = isSpecial(field.value.trim()) ? "" : field.value;
        field.value = toggled(numbers(`${before} ${row.dataset.number}`)).join(" ");
        show();
        field.focus();
      });
    }
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (waiting === null) save(form);
  });
  field.focus();
  show();
}

async function save(form) {
  waiting = [];
  form.setAttribute("aria-busy", "true");
  let answer, text;
  try {
    answer = await fetch(location.href, { method: "POST", body: new FormData(form) });
    text = await answer.text();
  } catch {
    waiting = null;
    form.removeAttribute("aria-busy");
    const notice = document.getElementById("notice");
    notice.hidden = false;
    notice.textContent = notice.dataset.text;
    return;
  }
  const typed = answer.ok ? waiting : [];
  waiting = null;
  const next = new DOMParser().parseFromString(text, "text/html");
  if (!next.querySelector("[data-desk-type]")) {
    location.assign(answer.url);
    return;
  }
  document.getElementById("notice").hidden = true;
  document.title = next.title;
  if (answer.redirected) history.replaceState(null, "", answer.url);
  main.querySelector(".page").replaceWith(next.querySelector("#main .page"));
  begin();
  replay(typed);
}

// Type again what came in while the sheet before was being saved.
function replay(keys) {
  const form = main.querySelector("[data-desk-type]");
  const field = form.querySelector("[data-desk-keys]");
  for (const key of keys) {
    if (key === "Enter") {
      if (waiting) waiting.push(key);
      else form.requestSubmit();
    } else if (waiting) {
      waiting.push(key);
    } else {
      field.value += key;
      field.dispatchEvent(new Event("input"));
    }
  }
}

document.addEventListener("keydown", (event) => {
  const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
  if (!isPlain || (event.key.length > 1 && event.key !== "Enter")) return;
  if (waiting !== null) {
    event.preventDefault();
    if (!event.repeat) waiting.push(event.key);
  } else if (document.activeElement === document.body) {
    main.querySelector("[data-desk-keys]")?.focus();
  }
});
