// The filters of a list of the administration are folded on a phone until somebody opens one;
// Django's own script runs after this one and opens again what was opened before.
if (window.matchMedia("(max-width: 47.99em)").matches) {
  for (const filter of document.querySelectorAll("#changelist-filter details")) filter.open = false;
}
