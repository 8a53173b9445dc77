// The queue: rows by keys, new ones as they come.
import { bind, move } from "./keys.js";
import { follow } from "./live.js";
import { localTimes } from "./times.js";

export function startQueue() {
  const rows = () => [...document.querySelectorAll("a.row")];
  bind({ j: () => move(rows(), 1), k: () => move(rows(), -1) });
  // Where the focus was when its row went away: it stays at that height of the list.
  let at = -1;
  document.addEventListener("focusin", () => { at = rows().indexOf(document.activeElement); });
  follow({
    // A bulk import makes several events a second.
    pause: 1500,
    drawn: () => {
      localTimes();
      if (at >= 0 && document.activeElement === document.body) rows()[Math.min(at, rows().length - 1)]?.focus();
    },
  });
}
