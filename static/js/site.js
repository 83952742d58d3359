// What every page does when scripts run: menus close, display settings apply at once, focus is
// never lost after a swap, copy buttons copy. Parts that few pages need are fetched when a page
// asks for them by a data- attribute; their addresses stand on this script's own element.

const script = document.getElementById("site-script");
const parts = ["basket", "autosave", "board", "point"];
const begun = new WeakSet();

function begin(root) {
  const all = (selector) => [...root.querySelectorAll(selector), ...(root.matches?.(selector) ? [root] : [])];
  for (const part of parts) {
    for (const element of all(`[data-${part}]`)) {
      if (begun.has(element)) continue;
      begun.add(element);
      import(script.dataset[`${part}Js`]).then((module) => module.begin(element));
    }
  }
  for (const element of all("[data-scriptless]")) element.hidden = true;
  if (navigator.clipboard) for (const element of all("[data-copy]")) element.hidden = false;
  all("[data-focus]")[0]?.focus();
}

// Menus are <details>: one open at a time, closed by Escape or by a click elsewhere.
function closeMenus(except) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (menu !== except) menu.open = false;
  }
}
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector("details[data-menu][open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
document.addEventListener("focusin", (event) => closeMenus(event.target.closest("[data-menu]")));

document.addEventListener("click", (event) => {
  closeMenus(event.target.closest("details[data-menu]"));
  const copy = event.target.closest("[data-copy]");
  if (copy) {
    navigator.clipboard.writeText(copy.dataset.copy).then(() => {
      copy.querySelector("[aria-live]").textContent = copy.dataset.done;
    });
  }
  const choice = event.target.closest("[data-set]");
  if (choice && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    setDisplay(choice);
  }
});

// The link also sets the cookie on the server; here the page only changes before the answer.
function setDisplay(choice) {
  const { set: name, value } = choice.dataset;
  const standard = { text: "100", contrast: "normal", theme: "auto" }[name];
  const root = document.documentElement;
  fetch(choice.href, { redirect: "manual" }).catch(() => location.assign(choice.href));
  if (value === standard) delete root.dataset[name];
  else root.dataset[name] = value;
  for (const other of document.querySelectorAll(`[data-set="${name}"]`)) {
    if (other.dataset.value === value) other.setAttribute("aria-current", "true");
    else other.removeAttribute("aria-current");
  }
}

// After a swap: new content begins, and focus that fell out of the page returns to it.
let focused = "";
document.addEventListener("htmx:beforeSwap", () => {
  focused = document.activeElement?.id ?? "";
});
document.addEventListener("htmx:afterSettle", (event) => {
  const swapped = event.detail.elt;
  begin(swapped);
  if (document.activeElement !== document.body) return;
  const again = focused && document.getElementById(focused);
  const next = again || swapped.querySelector("a[href], button, input:not([type=hidden]), select, textarea") || swapped;
  if (next === swapped) swapped.tabIndex = -1;
  next.focus({ preventScroll: true });
});
for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(name, () => {
    const notice = document.getElementById("notice");
    notice.hidden = false;
    notice.textContent = notice.dataset.text;
  });
}

begin(document);
