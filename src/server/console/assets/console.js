// The console's one script: the page viewer and the keys. Pages work as forms and links without it.
"use strict";
const box = document.getElementById("case");
const $ = (id) => document.getElementById(id);

function move(list, step) {
  const at = list.indexOf(document.activeElement);
  const next = list[Math.max(0, Math.min(list.length - 1, at < 0 ? 0 : at + step))];
  if (next) next.focus();
  return next;
}

const typing = (target) => target.closest("input, textarea, select");
const keysOff = () => localStorage.getItem("no-keys") === "1";

if (!box) {
  document.addEventListener("keydown", (event) => {
    if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey || keysOff()) return;
    const rows = [...document.querySelectorAll("a.row")];
    if (event.key === "j") move(rows, 1);
    if (event.key === "k") move(rows, -1);
  });
} else {
  const pages = [...document.querySelectorAll("svg.page")];
  let current = 0;
  const turns = pages.map((page) => Number(page.dataset.turn));

  const turnTo = (index) => {
    const page = pages[index];
    const [w, h] = [Number(page.dataset.width), Number(page.dataset.height)];
    page.querySelector("g").setAttribute("transform", `rotate(${turns[index]} ${w / 2} ${h / 2})`);
  };
  const fit = () => {
    const page = pages[current];
    if (!page) return;
    const [w, h] = [Number(page.dataset.width), Number(page.dataset.height)];
    const upright = turns[current] % 180 === 0;
    page.setAttribute("viewBox", upright ? `0 0 ${w} ${h}` : `${(w - h) / 2} ${(h - w) / 2} ${h} ${w}`);
  };
  const zoom = (factor) => {
    const view = pages[current]?.viewBox.baseVal;
    if (!view) return;
    const [w, h] = [view.width / factor, view.height / factor];
    pages[current].setAttribute("viewBox", `${view.x + (view.width - w) / 2} ${view.y + (view.height - h) / 2} ${w} ${h}`);
  };
  const show = (index, points) => {
    if (!pages[index]) return;
    current = index;
    pages.forEach((page, at) => page.toggleAttribute("hidden", at !== index));
    const page = pages[index];
    const image = page.querySelector("image");
    if (!image.getAttribute("href")) image.setAttribute("href", image.dataset.href);
    page.querySelector(".mark").setAttribute("points", points || "");
    $("picture-name").textContent = page.getAttribute("aria-label");
    turnTo(index);
    fit();
  };
  const findings = [...document.querySelectorAll(".finding")];
  const open = (button) => {
    for (const other of findings) {
      const same = other === button;
      other.setAttribute("aria-expanded", String(same));
      other.nextElementSibling.toggleAttribute("hidden", !same);
    }
    if (!button?.dataset.picture) return;
    const crop = button.nextElementSibling.querySelector("img.crop");
    if (crop && !crop.src) crop.src = button.dataset.crop;
    show(Number(button.dataset.picture), button.dataset.points);
  };
  findings.forEach((button) => button.addEventListener("click", () => open(button)));
  for (const button of document.querySelectorAll("[data-picture]:not(.finding)")) {
    button.addEventListener("click", () => show(Number(button.dataset.picture), button.dataset.points));
  }
  const rotate = () => {
    if (!pages[current]) return;
    turns[current] = (turns[current] + 90) % 360;
    turnTo(current);
    fit();
  };
  $("zoom-in").addEventListener("click", () => zoom(1.5));
  $("zoom-out").addEventListener("click", () => zoom(1 / 1.5));
  $("rotate").addEventListener("click", rotate);
  $("fit").addEventListener("click", fit);
  for (const page of pages) {
    page.addEventListener("pointermove", (event) => {
      if (!(event.buttons & 1)) return;
      const view = page.viewBox.baseVal;
      const scale = Math.max(view.width / page.clientWidth, view.height / page.clientHeight);
      page.setAttribute("viewBox", `${view.x - event.movementX * scale} ${view.y - event.movementY * scale} ${view.width} ${view.height}`);
    });
  }

  const reveal = async () => {
    const body = new URLSearchParams({ csrf: box.dataset.csrf });
    const answer = await fetch(`/console/applications/${box.dataset.id}/reveal`, { method: "POST", body });
    if (!answer.ok) return;
    const values = await answer.json();
    document.querySelectorAll("[data-masked]").forEach((place, at) => { place.textContent = values[at]; });
    $("reveal").disabled = true;
  };
  $("reveal").addEventListener("click", reveal);

  const pass = () => {
    if (box.dataset.clean === "true") $("pass").submit();
    else { $("sure").showModal(); $("confirm-pass").focus(); }
  };
  $("pass")?.addEventListener("submit", (event) => { event.preventDefault(); pass(); });
  $("confirm-pass").addEventListener("click", () => $("pass").submit());
  const openReturn = () => { 
    $("return").showModal();
    // Without a drafted reason there is one to be written.
    const reasons = $("return").querySelector("textarea");
    (reasons.value.trim() ? $("confirm-return") : reasons).focus();
  };
  $("open-return")?.addEventListener("click", openReturn);
  $("open-keys").addEventListener("click", () => $("keys").showModal());
  for (const button of document.querySelectorAll("dialog .close")) {
    button.addEventListener("click", () => button.closest("dialog").close());
  }
  $("no-keys").checked = keysOff();
  $("no-keys").addEventListener("change", (event) => localStorage.setItem("no-keys", event.target.checked ? "1" : "0"));

  const isOpen = box.dataset.open === "true";
  const keys = {
    p: () => isOpen && pass(),
    r: () => isOpen && openReturn(),
    n: () => { location.href = box.dataset.next; },
    q: () => { location.href = "/console/queue"; },
    j: () => open(move(findings, 1)),
    k: () => open(move(findings, -1)),
    "]": () => show(Math.min(pages.length - 1, current + 1)),
    "[": () => show(Math.max(0, current - 1)),
    "+": () => zoom(1.5),
    "=": () => zoom(1.5),
    "-": () => zoom(1 / 1.5),
    "0": fit,
    ".": rotate,
    v: reveal,
    "?": () => $("keys").showModal(),
  };
  document.addEventListener("keydown", (event) => {
    if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]") || (keysOff() && event.key !== "?")) return;
    const act = keys[event.key];
    if (act) { event.preventDefault(); act(); }
  });

  // The worst finding first, else the first page.
  const first = findings.find((button) => button.dataset.picture);
  if (first) open(first); else show(0);
}
