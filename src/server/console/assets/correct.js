// Fields borne out, corrected or filled in in place.
const $ = (id) => document.getElementById(id);
const values = () => [...document.querySelectorAll(".value .locate")];

/** The field that is meant: that of the focused value or finding, else that of the finding which is unfolded. */
function meant() {
  const value = document.activeElement?.closest(".value")?.querySelector(".locate");
  if (value) return value;
  if (document.activeElement?.matches(".finding")) return document.activeElement;
  return document.querySelector(".finding[aria-expanded=true][data-field]");
}

async function send(fields) {
  const data = $("case").dataset;
  const body = new URLSearchParams({ csrf: data.csrf, revision: data.revision, ...fields });
  const path = `/console/applications/${data.id}/corrections`;
  return fetch(path, { method: "POST", body, redirect: "manual" });
}

/** Bears a field out as it was read. */
export async function accept(button = meant()) {
  if (!button?.dataset.field || "unread" in button.dataset) return;
  const answer = await send({ document: button.dataset.document, field: button.dataset.field });
  if (answer.type !== "opaqueredirect") location.search = "note=changed";
}

/** Asks for the right value of a field. */
export function ask(button = meant()) {
  if (!button?.dataset.field) return;
  const { document: of, field, label, value, crop } = button.dataset;
  const form = $("correct").querySelector("form");
  [form.elements.document.value, form.elements.field.value] = [of, field];
  $("correct-label").textContent = label;
  // There is no cut of what was not found: the page beside the dialog is to be seen.
  const isUnread = "unread" in button.dataset;
  $("correct").classList.toggle("low", isUnread);
  $("correct-title").textContent = $("correct-title").dataset[isUnread ? "unread" : "read"];
  $("correct-fault").textContent = "";
  $("correct-crop").toggleAttribute("hidden", !crop);
  if (crop) $("correct-crop").src = crop;
  // What is masked is typed from the picture, unless it was revealed.
  const shown = button.querySelector("[data-masked]")?.textContent ?? "";
  $("correct-value").value = value || (shown.includes("*") ? "" : shown);
  $("correct").showModal();
  $("correct-value").select();
}

async function submit(event) {
  event.preventDefault();
  const { document: of, field, value } = event.target.elements;
  const answer = await send({ document: of.value, field: field.value, value: value.value });
  if (answer.type === "opaqueredirect") return $("correct").close();
  const problem = await answer.json().catch(() => ({}));
  $("correct-fault").textContent = problem.detail ?? answer.statusText;
}

/** The value before or after the focused one, after the last one those that were not read; it has the focus then. */
export function moveValue(step) {
  const list = values();
  const at = list.indexOf(meant());
  const next = list[Math.max(0, Math.min(list.length - 1, at < 0 ? 0 : at + step))];
  next?.closest("details")?.setAttribute("open", "");
  next?.focus();
  next?.click();
}

export function startCorrections() {
  $("correct").querySelector("form").addEventListener("submit", submit);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button.accept, button.correct");
    if (!button) return;
    const of = button.closest(".value")?.querySelector(".locate") ?? button.closest("li").querySelector(".finding");
    if (button.matches(".accept")) accept(of);
    else ask(of);
  });
}
