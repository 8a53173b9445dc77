// The application page: findings beside their places, and the decision.
import { accept, ask, moveValue, startCorrections } from "./correct.js";
import { areOff, bind, move, turnOff } from "./keys.js";
import { follow } from "./live.js";
import { localTimes } from "./times.js";
import { compare, startVersions } from "./versions.js";
import * as viewer from "./viewer.js";

const $ = (id) => document.getElementById(id);
const findings = () => [...document.querySelectorAll(".finding")];

/** Unfolds a finding and magnifies its place; the viewer follows unless it is to stay. */
function open(button, { stay = false } = {}) {
  if (!button) return;
  for (const other of findings()) {
    const same = other === button;
    other.setAttribute("aria-expanded", String(same));
    other.nextElementSibling.toggleAttribute("hidden", !same);
  }
  if (!button.dataset.picture) return;
  const crop = button.nextElementSibling.querySelector("img.crop");
  if (crop && !crop.src) crop.src = button.dataset.crop;
  if (!stay) viewer.show(Number(button.dataset.picture), button.dataset.points);
}

/** From a box on the page to the value that was read there. */
function leadTo(box) {
  const value = document.querySelector(box.getAttribute("href"));
  viewer.mark(value.dataset.points);
  value.focus({ preventScroll: true });
  value.scrollIntoView({ block: "center" });
}

async function reveal() {
  const data = $("case").dataset;
  const body = new URLSearchParams({ csrf: data.csrf });
  const answer = await fetch(`/console/applications/${data.id}/reveal`, { method: "POST", body });
  if (!answer.ok) return;
  const values = await answer.json();
  document.querySelectorAll("[data-masked]").forEach((place, at) => { place.textContent = values[at]; });
  $("reveal").disabled = true;
}

function pass() {
  if ($("case").dataset.clean === "true") $("pass").submit();
  else {
    $("sure").showModal();
    $("confirm-pass").focus();
  }
}

function openReturn() {
  $("return").showModal();
  // Without a drafted reason there is one to be written.
  const reasons = $("reasons");
  (reasons.value.trim() ? $("confirm-return") : reasons).focus();
}

function openHold() {
  $("hold").showModal();
  $("hold-reason").focus();
}

const isOpen = () => $("case").dataset.open === "true";
const clicks = {
  "zoom-in": () => viewer.zoom(1.5),
  "zoom-out": () => viewer.zoom(1 / 1.5),
  rotate: viewer.rotate,
  fit: viewer.fit,
  reveal,
  "confirm-pass": () => $("pass").submit(),
  "open-return": openReturn,
  "open-hold": openHold,
  "open-keys": () => $("keys").showModal(),
};

function startClicks() {
  document.addEventListener("click", (event) => {
    const box = event.target.closest("a.box");
    if (box) {
      event.preventDefault();
      leadTo(box);
    }
    const button = event.target.closest("button");
    if (!button) return;
    if (button.matches(".finding")) open(button);
    else if (button.dataset.picture) viewer.show(Number(button.dataset.picture), button.dataset.points);
    else if (button.matches(".layer")) viewer.toggleLayer(button.dataset.layer);
    else if (button.matches("dialog .close")) button.closest("dialog").close();
    else clicks[button.id]?.();
  });
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "pass") return;
    event.preventDefault();
    pass();
  });
  $("no-keys").checked = areOff();
  $("no-keys").addEventListener("change", (event) => turnOff(event.target.checked));
}

function startKeys() {
  bind({
    p: () => $("pass") && pass(),
    r: () => $("open-return") && openReturn(),
    h: () => $("open-hold") && openHold(),
    u: () => $("release")?.requestSubmit(),
    n: () => { location.href = $("case").dataset.next; },
    q: () => { location.href = "/console/queue"; },
    j: () => open(move(findings(), 1)),
    k: () => open(move(findings(), -1)),
    f: () => moveValue(1),
    d: () => moveValue(-1),
    e: () => isOpen() && ask(),
    a: () => isOpen() && accept(),
    "]": () => viewer.turnPage(1),
    "[": () => viewer.turnPage(-1),
    "+": () => viewer.zoom(1.5),
    "=": () => viewer.zoom(1.5),
    "-": () => viewer.zoom(1 / 1.5),
    0: viewer.fit,
    ".": viewer.rotate,
    c: compare,
    i: () => viewer.toggleLayer("ink"),
    m: () => viewer.toggleLayer("edits"),
    v: () => reveal(),
    "?": () => $("keys").showModal(),
  });
}

/** Shows changes of the application; an open dialog, where somebody decides on what they saw, is left alone. */
function startLive() {
  const live = follow({
    pause: 500,
    isBusy: () => document.querySelector("dialog[open]") !== null,
    leaving: viewer.view,
    drawn: ({ fresh, changed, kept }) => {
      Object.assign($("case").dataset, fresh.getElementById("case").dataset);
      for (const input of document.querySelectorAll("dialog input[name=revision]")) {
        input.value = $("case").dataset.revision;
      }
      const drafted = fresh.getElementById("reasons").value;
      if ($("reasons").value === $("reasons").defaultValue) $("reasons").value = drafted;
      $("reasons").defaultValue = drafted;
      localTimes();
      viewer.redraw(kept);
      if (changed.includes("findings")) open(findings().find((button) => button.dataset.key === opened), { stay: true });
    },
  });
  let opened = "";
  const note = () => { opened = document.querySelector(".finding[aria-expanded=true]")?.dataset.key ?? opened; };
  document.addEventListener("click", note);
  document.addEventListener("keyup", note);
  note();
  for (const dialog of document.querySelectorAll("dialog")) dialog.addEventListener("close", live.freed);
}

/**
 * Fetches the next application's first pictures before it is opened, and says so: that is no look. Shown later, a picture is
 * asked for once more, which is one, and has not to be sent again.
 */
function preload() {
  for (const path of $("case").dataset.preload.split(" ").filter(Boolean)) {
    fetch(path, { headers: { "vouch-advance": "1" }, priority: "low" }).then((answer) => answer.blob());
  }
}

export function startCase() {
  startClicks();
  startKeys();
  startCorrections();
  startVersions();
  viewer.startDragging();
  // The worst finding first, else the first page.
  const first = findings().find((button) => button.dataset.picture);
  if (first) open(first);
  else viewer.show(0);
  startLive();
  addEventListener("load", preload);
}
