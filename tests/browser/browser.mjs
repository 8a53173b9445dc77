// Debian's Chromium, a keyboard that counts, and the looks at a page: axe, sideways scrolling, screenshots.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const AXE = readFileSync(join(HERE, "node_modules/axe-core/axe.min.js"), "utf8");
/** Where screenshots go, to be looked at. */
const SHOTS = resolve(HERE, "../../target/browser");
/** Work on styles and scripts without a build: a folder of them in the place of those in the program. */
const ASSETS = process.env.VOUCH_ASSETS;
const assetOf = (route) => join(ASSETS, new URL(route.request().url()).pathname.split("/").pop());
const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 390, height: 844 };

export class Browser {
  static async open(base) {
    mkdirSync(SHOTS, { recursive: true });
    // Chromium's own sandbox refuses to run as root, as in containers of CI.
    const args = process.getuid() === 0 ? ["--no-sandbox"] : [];
    const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
    const chrome = await chromium.launch({ executablePath, args });
    return new Browser(chrome, base);
  }

  constructor(chrome, base) {
    Object.assign(this, { chrome, base });
    /** What went wrong in pages beside the tests' own assertions. */
    this.faults = [];
  }

  close() {
    return this.chrome.close();
  }

  /** Closes the screens of all people: what pages follow ends with them. */
  async leave() {
    for (const context of this.chrome.contexts()) await context.close();
  }

  /** A person at a screen of their own: cookies and storage are nobody else's. */
  async person({ base = this.base } = {}) {
    const context = await this.chrome.newContext({ baseURL: base, viewport: WIDE, locale: "zh-CN" });
    if (ASSETS) await context.route("**/console/assets/*", (route) => route.fulfill({ path: assetOf(route) }));
    const page = await context.newPage();
    page.on("pageerror", (error) => this.faults.push(`${page.url()}: ${error}`));
    page.on("console", (message) => {
      // Refusals that a test asks for are answers of pages, not faults of their scripts.
      const isAnswer = /status of 4(01|04|09|10|22|29)/.test(message.text());
      if (message.type() === "error" && !isAnswer) this.faults.push(`${page.url()}: ${message.text()}`);
    });
    return new Person(page);
  }
}

class Person {
  constructor(page) {
    this.page = page;
    this.presses = 0;
  }

  /** Presses keys, one after the other, and counts them. */
  async press(...keys) {
    for (const key of keys) {
      this.presses += 1;
      await this.page.keyboard.press(key);
    }
  }

  /** Presses keys that lead to another page, and waits for it; how many it took. */
  async go(...keys) {
    const before = this.presses;
    const loaded = this.page.waitForEvent("load");
    await this.press(...keys);
    await loaded;
    return this.presses - before;
  }

  type(text) {
    return this.page.keyboard.type(text);
  }

  path() {
    return new URL(this.page.url()).pathname;
  }

  /** Text of the element that has the focus. */
  focused() {
    return this.page.evaluate(() => document.activeElement?.textContent.trim());
  }

  /** Presses Tab until the focus is on what `selector` names: the keyboard reaches it. */
  async tabTo(selector) {
    for (let step = 0; step < 200; step += 1) {
      if (await this.page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
      await this.press("Tab");
    }
    assert.fail(`Tab does not reach ${selector}`);
  }

  /** Looks at the page as it stands: both widths, light and dark. */
  async inspect(name) {
    for (const [width, size] of [["1280", WIDE], ["390", NARROW]]) {
      await this.page.setViewportSize(size);
      for (const colorScheme of ["light", "dark"]) {
        await this.page.emulateMedia({ colorScheme });
        const shot = `${name}-${width}-${colorScheme}`;
        await this.page.screenshot({ path: join(SHOTS, `${shot}.png`) });
        await this.#audit(shot);
      }
      const sideways = await this.page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.equal(sideways, 0, `${name} scrolls sideways at ${width} px`);
    }
    await this.page.setViewportSize(WIDE);
    await this.page.emulateMedia({ colorScheme: null });
  }

  async #audit(shot) {
    if (!(await this.page.evaluate(() => "axe" in window))) await this.page.evaluate(AXE);
    const violations = await this.page.evaluate(async () => {
      const { violations } = await window.axe.run(document, { resultTypes: ["violations"] });
      return violations.map(({ id, impact, nodes }) => ({ id, impact, at: nodes.map((node) => node.html) }));
    });
    const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    assert.deepEqual(grave, [], `axe on ${shot}`);
  }
}
