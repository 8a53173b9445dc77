// What changed between two versions of a paper, over the application page.
import * as viewer from "./viewer.js";

const $ = (id) => document.getElementById(id);

/** Shows a page of two versions in the dialog; it is a page of its own where that cannot be. */
async function open(href) {
  const answer = await fetch(href);
  const fresh = new DOMParser().parseFromString(answer.ok ? await answer.text() : "", "text/html");
  const diff = fresh.getElementById("diff");
  if (!diff) return location.assign(href);
  $("versions-shown").replaceChildren(document.importNode(diff, true));
  $("versions").dataset.href = href.split("?")[0];
  if (!$("versions").open) $("versions").showModal();
}

/** Compares the versions of the paper that is shown, else of the first one that has several. */
export function compare() {
  const links = [...document.querySelectorAll("a.versions")];
  const link = links.find((one) => one.dataset.slot === viewer.slot()) ?? links[0];
  if (link) open(link.getAttribute("href"));
}

export function startVersions() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.versions");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(link.getAttribute("href"));
  });
  $("versions").addEventListener("submit", (event) => {
    event.preventDefault();
    open(`${$("versions").dataset.href}?${new URLSearchParams(new FormData(event.target))}`);
  });
}
