// The page viewer: one picture at a time, turned upright, zoomed, moved, with a place marked on it.
const pages = () => [...document.querySelectorAll("svg.page")];
const hrefOf = (page) => page.querySelector("image").dataset.href;
// What people did to a picture outlives its being drawn anew.
const turns = new Map();
let [current, marked] = [null, ""];
// Layers that are wanted, on whichever page has them.
const wanted = new Set();

const shown = () => pages().find((page) => hrefOf(page) === current);
const turnOf = (page) => turns.get(hrefOf(page)) ?? Number(page.dataset.turn);
const setView = (page, x, y, width, height) => page.setAttribute("viewBox", `${x} ${y} ${width} ${height}`);

export function fit() {
  const page = shown();
  if (!page) return;
  const [w, h] = [Number(page.dataset.width), Number(page.dataset.height)];
  if (turnOf(page) % 180 === 0) setView(page, 0, 0, w, h);
  else setView(page, (w - h) / 2, (h - w) / 2, h, w);
}

export function zoom(factor) {
  const page = shown();
  if (!page) return;
  const { x, y, width, height } = page.viewBox.baseVal;
  const [w, h] = [width / factor, height / factor];
  setView(page, x + (width - w) / 2, y + (height - h) / 2, w, h);
}

/** Lays over the page what is wanted and there, and tells by the buttons what that is. */
function lay(page) {
  const layers = [...page.querySelectorAll("image.layer")];
  for (const layer of layers) {
    const isOn = wanted.has(layer.dataset.layer);
    layer.toggleAttribute("hidden", !isOn);
    if (isOn && !layer.getAttribute("href")) layer.setAttribute("href", layer.dataset.href);
  }
  for (const button of document.querySelectorAll("button.layer")) {
    const kind = button.dataset.layer;
    button.toggleAttribute("hidden", !layers.some((layer) => layer.dataset.layer === kind));
    button.setAttribute("aria-pressed", String(wanted.has(kind)));
  }
}

/** Switches a layer on or off, where the page that is shown has it. */
export function toggleLayer(kind) {
  const page = shown();
  if (!page?.querySelector(`image.layer[data-layer="${kind}"]`)) return;
  if (!wanted.delete(kind)) wanted.add(kind);
  lay(page);
}

function draw(page) {
  for (const other of pages()) other.toggleAttribute("hidden", other !== page);
  const image = page.querySelector("image");
  if (!image.getAttribute("href")) image.setAttribute("href", image.dataset.href);
  const [w, h] = [Number(page.dataset.width), Number(page.dataset.height)];
  page.querySelector("g").setAttribute("transform", `rotate(${turnOf(page)} ${w / 2} ${h / 2})`);
  page.querySelector(".mark").setAttribute("points", marked);
  lay(page);
  document.getElementById("picture-name").textContent = page.getAttribute("aria-label");
}

/** Shows a picture by its number, fitted, with a place marked. */
export function show(index, points = "") {
  const page = pages()[index];
  if (!page) return;
  [current, marked] = [hrefOf(page), points];
  draw(page);
  fit();
}

/** Marks a place on the picture that is shown. */
export function mark(points) {
  marked = points;
  shown()?.querySelector(".mark").setAttribute("points", points);
}

/** Shows the picture before or after the one that is shown. */
export function turnPage(step) {
  show(pages().indexOf(shown()) + step);
}

export function rotate() {
  const page = shown();
  if (!page) return;
  turns.set(current, (turnOf(page) + 90) % 360);
  draw(page);
  fit();
}

/** The slot of the paper that is shown. */
export const slot = () => shown()?.dataset.slot;

/** The part of the picture that is shown, to be given to `redraw`. */
export const view = () => shown()?.getAttribute("viewBox");

/** After the pictures were drawn anew: the same one again, with the same part of it. */
export function redraw(kept) {
  const page = shown();
  if (!page) return show(0);
  draw(page);
  if (kept) page.setAttribute("viewBox", kept);
}

/** Moves the picture with the pointer. */
export function startDragging() {
  document.addEventListener("pointermove", (event) => {
    const page = event.target.closest?.("svg.page");
    if (!page || !(event.buttons & 1)) return;
    const { x, y, width, height } = page.viewBox.baseVal;
    const scale = Math.max(width / page.clientWidth, height / page.clientHeight);
    setView(page, x - event.movementX * scale, y - event.movementY * scale, width, height);
  });
}
