// What changes while a page is open is shown in place: neither focus nor view is lost.

// After an event, so that those of one change are shown together, milliseconds.
const GATHER = 200;

/** What an element is known by, before and after it is drawn anew. */
const keyOf = (element) => element?.dataset?.key || element?.id || element?.getAttribute?.("href");
const byKey = (key) =>
  [...document.querySelectorAll("[id], [data-key], a[href]")].find((element) => keyOf(element) === key);

/**
 * Follows the events of the page and draws its `data-live` regions anew when the server has others. `isBusy` tells
 * when not to, for the moment; `leaving` is called before and `drawn` after, with what `leaving` gave; `pause` is the least time between two refreshes,
 * milliseconds.
 */
export function follow({ pause, isBusy = () => false, leaving = () => {}, drawn = () => {} }) {
  const regions = () => [...document.querySelectorAll("[data-live]")];
  // What the server sent, without what scripts have made of it since.
  const sent = new Map(regions().map((region) => [region.id, region.innerHTML]));
  let [timer, last, isMissed] = [0, 0, false];

  const refresh = async () => {
    timer = 0;
    isMissed = isBusy();
    if (isMissed) {
      document.body.classList.add("outdated");
      return;
    }
    last = Date.now();
    const answer = await fetch(location.href, { headers: { "vouch-live": "1" } });
    // Logged out meanwhile, the page stays as it is until somebody acts.
    if (!answer.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const [focused, kept, changed] = [keyOf(document.activeElement), leaving(), []];
    for (const region of regions()) {
      const next = fresh.getElementById(region.id);
      if (!next || next.innerHTML === sent.get(region.id)) continue;
      sent.set(region.id, next.innerHTML);
      region.replaceChildren(...document.importNode(next, true).childNodes);
      changed.push(region.id);
    }
    document.body.classList.remove("outdated");
    drawn({ fresh, changed, kept });
    if (focused && keyOf(document.activeElement) !== focused) byKey(focused)?.focus({ preventScroll: true });
    if (changed.length) document.getElementById("told").textContent = document.getElementById("told").dataset.text;
  };
  const soon = () => {
    timer ||= setTimeout(refresh, Math.max(GATHER, last + pause - Date.now()));
  };
  const source = new EventSource(document.getElementById("told").dataset.events);
  for (const kind of document.getElementById("told").dataset.kinds.split(" ")) source.addEventListener(kind, soon);
  return { freed: () => isMissed && soon() };
}
