// Single keys: what they do, and when they do nothing.
const OFF = "no-keys";

export const areOff = () => localStorage.getItem(OFF) === "1";
export const turnOff = (off) => localStorage.setItem(OFF, off ? "1" : "0");

/** Binds keys to acts. While somebody types, a dialog is open or keys are turned off, only `?` acts. */
export function bind(acts) {
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]") || (areOff() && event.key !== "?")) return;
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

/** Moves the focus within a list by a step, from where it is or from the start; what has it then. */
export function move(list, step) {
  const at = list.indexOf(document.activeElement);
  const next = list[Math.max(0, Math.min(list.length - 1, at < 0 ? 0 : at + step))];
  next?.focus();
  return next;
}
