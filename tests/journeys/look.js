// What a reader's eyes and a screen reader's user would trip over on the page as it stands.
() => {
  // Columns of the administration that hold codes and English names, and a filter by such a code.
  const CODES = ".field-subject, [class*=_ref], .field-purpose, .field-english_name, a[href*=purpose]";
  const wrong = [];
  const isSeen = (node) => node.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const titles = [...document.querySelectorAll("h1")].filter(isSeen);
  if (titles.length !== 1) wrong.push(`${titles.length} h1: ${titles.map((one) => one.textContent.trim()).join(" | ")}`);
  if (!document.title.trim() || /^[\s|]/.test(document.title)) wrong.push(`title: "${document.title}"`);
  if (!document.documentElement.lang) wrong.push("no language");
  const skip = document.querySelector('a[href^="#"]');
  if (!document.body.matches(".board") && !(skip && document.querySelector(skip.getAttribute("href")))) wrong.push("no skip link");

  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth + 1) {
    const wide = [...document.querySelectorAll("body *")].filter((node) => {
      if (!isSeen(node) || node.getBoundingClientRect().right <= root.clientWidth + 1) return false;
      for (let up = node.parentElement; up; up = up.parentElement) {
        if (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(up).overflowX) && up !== document.body) return false;
      }
      return true;
    });
    wrong.push(`wider than the screen (${root.scrollWidth} > ${root.clientWidth}): ${wide.slice(-2).map((node) => node.outerHTML.slice(0, 160)).join(" | ")}`);
  }

  const words = new Set();
  const hangul = new Set();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const around = texts.currentNode.parentElement;
    const isOwn = around.closest(`code, kbd, pre, script, style, template, noscript, textarea, [lang=en], [translate=no], ${CODES}`);
    const text = texts.currentNode.data.trim();
    if (!isOwn && /[A-Za-z]{2}/.test(text) && isSeen(around)) words.add(text);
    if (/[가-힣]/.test(text) && !around.closest("[lang=ko]:not(html)") && isSeen(around)) hangul.add(text);
  }
  for (const node of document.querySelectorAll("[aria-label], [title], [placeholder], [alt], input[type=submit][value]")) {
    if (!isSeen(node) || node.closest("[lang=en], [translate=no], [src*='admin/img/icon-']")) continue; // Django's own ticks
    for (const name of ["aria-label", "title", "placeholder", "alt"]) {
      const text = node.getAttribute(name) || "";
      if (/[A-Za-z]{2}/.test(text)) words.add(text);
    }
    if (node.matches("input[type=submit]") && /[A-Za-z]{2}/.test(node.value)) words.add(node.value);
  }
  return { wrong, words: [...words], hangul: [...hangul] };
}
