// A wall display: fetches data-board="address" every data-every seconds and shows it. When the
// line is down the last figures stay, with a word that they are old. Starts afresh once a day.

export function begin(element) {
  const stale = document.querySelector("[data-stale]");
  const every = Math.max(Number(element.dataset.every) || 10, 2) * 1000;
  const started = Date.now();

  async function refresh() {
    try {
      const answer = await fetch(element.dataset.board, { signal: AbortSignal.timeout(every * 2) });
      if (!answer.ok) throw new Error(answer.status);
      element.innerHTML = await answer.text();
      if (stale) stale.hidden = true;
      if (Date.now() - started > 24 * 60 * 60 * 1000) location.reload();
    } catch {
      if (stale) stale.hidden = false;
    }
    setTimeout(refresh, every);
  }
  setTimeout(refresh, every);
}
