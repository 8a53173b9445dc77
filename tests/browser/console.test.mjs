// A reviewer's whole way through the console by keyboard alone, in a real browser.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { Browser } from "./browser.mjs";
import { Service, sample } from "./service.mjs";

const PASSWORD = "correct horse battery";
let it, browser, faulty, clean, other;

before(async () => {
  it = await Service.start();
  browser = await Browser.open(it.url);
  // In the order of the queue: the oldest first.
  faulty = await it.file({ name: "王小明" }, { without: "diploma" });
  clean = await it.file();
  other = await it.file({}, { without: "diploma" });
});

after(async () => {
  await browser?.close();
  it?.stop();
});

afterEach(() => browser.leave());

/** Invites somebody, who sets the account up and logs in; the last page is where that person starts. */
async function enter(person, name, role = "reviewer", service = it, start = "/console/queue") {
  await person.page.goto(service.command("accounts", "add", name, "--role", role));
  await person.type(PASSWORD);
  await person.go("Enter");
  await person.type(name);
  await person.press("Tab");
  await person.type(PASSWORD);
  await person.go("Enter");
  assert.equal(person.path(), start);
}

/** Waits until the picture of the page and the magnified cut are there. */
async function pictured(page) {
  await page.waitForFunction(() => {
    const loaded = performance.getEntriesByType("resource").filter((entry) => entry.responseStatus === 200);
    const crop = [...document.querySelectorAll("img.crop")].find((image) => image.checkVisibility());
    return loaded.some((entry) => entry.name.endsWith("/picture")) && (!crop || crop.naturalWidth > 0);
  });
}

const open = (person, id) => person.page.goto(`/console/applications/${id}`);
const shown = (person, selector) => person.page.locator(selector).first().isVisible();

test("a person is let in by an invitation that opens once, and by nothing else", async () => {
  const person = await browser.person();
  const { page } = person;
  const invitation = it.command("accounts", "add", "first", "--role", "reviewer");
  await page.goto("/console/queue");
  assert.equal(person.path(), "/console/login");
  await page.goto(invitation);
  await person.inspect("setup");
  await person.type(PASSWORD);
  await person.go("Enter");
  assert.equal(person.path(), "/console/login");
  await person.inspect("login");
  await person.type("first");
  await person.press("Tab");
  await person.type("wrong wrong wrong");
  await person.go("Enter");
  assert.match(await page.locator("[role=alert]").textContent(), /不正确/);
  await person.inspect("login-refused");
  await page.goto(invitation);
  await person.type(PASSWORD);
  await person.go("Enter");
  assert.match(await page.locator("[role=alert]").textContent(), /失效/);
});

test("a faulty application is returned with its drafted reason, a clean one passed by one key", async () => {
  const person = await browser.person();
  const { page } = person;
  await enter(person, "lin", "lead");
  assert.equal(await page.locator("a.row").count(), 3);
  assert.doesNotMatch(await page.content(), new RegExp(sample.declared.id_number));
  await person.inspect("queue");
  await person.press("j");
  await person.go("Enter");
  assert.equal(person.path(), `/console/applications/${faulty}`);

  // The worst finding is open, its place magnified beside its value and marked on the page.
  await pictured(page);
  assert.equal(await page.locator(".finding[aria-expanded=true]").count(), 1);
  assert.ok(await shown(person, "img.crop[src]"));
  assert.ok(await page.locator("svg.page:not([hidden]) .mark").getAttribute("points"));
  await person.inspect("application");
  await person.press("j", "j");
  const second = await person.focused();
  await person.press("k");
  assert.notEqual(await person.focused(), second);
  const view = () => page.locator("svg.page:not([hidden])").getAttribute("viewBox");
  const before = await view();
  await person.press("+", "+");
  assert.notEqual(await view(), before);
  await person.press("0");
  assert.equal(await view(), before);
  await person.press(".", ".", ".", ".", "]", "[");
  assert.equal(await view(), before);
  await person.press("v");
  await page.getByText(sample.declared.id_number).first().waitFor();
  await person.press("?");
  assert.ok(await shown(person, "#keys"));
  await person.inspect("keys");
  await person.press("Escape");

  await person.press("r");
  assert.ok((await page.locator("#return textarea").inputValue()).trim(), "a reason is drafted");
  await person.inspect("return");
  await person.press("Escape");
  const keys = (await person.press("r"), 1) + (await person.go("Enter"));
  assert.ok(keys <= 3, `${keys} keys to return it`);
  const returned = await it.application(faulty);
  assert.equal(returned.status, "rejected");
  assert.ok(returned.decisions[0].reasons.length > 0);

  assert.equal(person.path(), `/console/applications/${clean}`);
  await pictured(page);
  await person.inspect("application-clean");
  assert.equal(await person.go("p"), 1);
  assert.equal((await it.application(clean)).status, "approved");

  // With something left to look at, passing asks first.
  assert.equal(person.path(), `/console/applications/${other}`);
  await person.press("p");
  assert.ok(await shown(person, "#sure"));
  await person.inspect("sure");
  await person.press("Escape");
  assert.equal((await it.application(other)).status, "reviewing");
  await person.go("q");
  assert.equal(await page.locator("a.row").count(), 1);
});

test("what happens while a page is open is shown, and the reviewer stays where they are", async () => {
  const person = await browser.person();
  const { page } = person;
  await enter(person, "zhou", "reviewer");
  // Another page load would lose this.
  const mark = () => page.evaluate(() => { window.sameDocument = true; });
  const isSame = () => page.evaluate(() => window.sameDocument === true);
  await mark();
  await person.press("j");
  const row = await page.evaluate(() => document.activeElement.getAttribute("href"));
  const before = await page.locator("a.row").count();
  await it.file({ name: "赵一" });
  await page.waitForFunction((count) => document.querySelectorAll("a.row").length === count, before + 1);
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("href")), row);

  const id = await it.file({ name: "钱二", school: "北京大学" }, { without: "diploma" });
  await open(person, id);
  await pictured(page);
  await mark();
  await person.press("j", "j", "]", "+");
  const [focus, view] = [await person.focused(), await page.locator("svg.page:not([hidden])").getAttribute("viewBox")];
  assert.equal(await page.locator("#slots .chip.reject").count(), 1);
  await it.upload(id, "diploma", "diploma.jpg");
  await page.waitForFunction(() => document.querySelectorAll("#slots .chip.reject").length === 0);
  await page.waitForFunction(() => document.getElementById("case").dataset.open === "true");
  assert.equal(await person.focused(), focus);
  assert.equal(await page.locator("svg.page:not([hidden])").getAttribute("viewBox"), view);

  // Whoever writes reasons is not disturbed, but told.
  await person.press("r");
  await person.type("。");
  const reasons = await page.locator("#reasons").inputValue();
  await it.upload(id, "diploma", "diploma.jpg");
  await page.locator("#return .stale").waitFor();
  assert.equal(await page.locator("#reasons").inputValue(), reasons);
  await person.press("Escape");
  await page.waitForFunction(() => !document.body.classList.contains("outdated"));
  assert.ok(await isSame());
});

test("a field is borne out and corrected in place, and the application is judged anew", async () => {
  const person = await browser.person();
  const { page } = person;
  await enter(person, "wu", "reviewer");
  const id = await it.file({ name: "王小明" });
  await open(person, id);
  await pictured(page);
  await page.evaluate(() => { window.sameDocument = true; });
  const read = await page.locator(".finding[aria-expanded=true] + .detail .read").textContent();
  await person.press("j", "a");
  await page.locator(".value .chip.pass").waitFor();
  assert.match(await page.locator("#history").textContent(), /核对无误: 姓名/);

  await page.waitForFunction(() => document.getElementById("case").dataset.open === "true");
  await person.press("e");
  assert.equal(await page.locator("#correct-value").inputValue(), read);
  await person.inspect("correct");
  await person.type("王小明");
  await person.press("Enter");
  await page.locator(".value s").waitFor();
  assert.equal(await page.locator(".value s").textContent(), read);
  await page.waitForFunction(() => document.getElementById("case").dataset.open === "true");
  // What was found is about other papers now.
  assert.doesNotMatch(await page.locator("#findings").textContent(), /cross.declared_mismatch/);
  assert.match(await page.locator("#findings").textContent(), /cross.name_mismatch/);
  assert.ok(await page.evaluate(() => window.sameDocument === true));
  await person.inspect("application-corrected");

  // A masked number is typed from the picture; what is no value is refused.
  await person.press("f");
  await person.tabTo(".locate[data-field]:has([data-masked])");
  await person.press("e");
  assert.equal(await page.locator("#correct-value").inputValue(), "");
  await person.press("Escape");
  const audit = it.command("audit", "export");
  assert.equal(audit.split("field.corrected").length - 1, 2);
  assert.doesNotMatch(audit, new RegExp(read));
  // What calibration takes: the field, its certainty, and that it was wrong; nothing that was read.
  const [observation, ...others] = it.command("corrections", "export").split("\n").map((line) => JSON.parse(line));
  assert.deepEqual([observation[0], observation[2], others], ["name", false, []]);
});

test("a field that was not read is filled in, with the keys of a correction", async () => {
  const person = await browser.person();
  const { page } = person;
  await enter(person, "chu", "reviewer");
  const id = await it.file({ name: "周五" }, { without: "id_card_front" });
  await it.upload(id, "id_card_front", "../small/00055_id_card_front_phone.jpg");
  await it.until(id, ({ assessed }) => assessed);
  await open(person, id);
  await pictured(page);
  // The field keys go on from what was read to what was not.
  assert.ok(!(await shown(person, "#unread")));
  for (let step = 0; step < 200 && !(await page.evaluate(() => "unread" in document.activeElement.dataset)); step += 1) {
    await person.press("f");
  }
  assert.ok(await shown(person, "#unread"));
  await person.inspect("application-unread");
  await person.tabTo("#unread [data-field=sex]");
  // Nothing was read that could be borne out.
  await person.press("a", "e");
  assert.ok(await shown(person, "#correct"));
  assert.equal(await page.locator("#correct-value").inputValue(), "");
  await person.inspect("fill-in");
  await person.type("女");
  await person.press("Enter");
  await page.waitForFunction(() => /补录: 性别/.test(document.getElementById("history").textContent));
  await page.waitForFunction(() => document.getElementById("case").dataset.open === "true");
  assert.equal(await page.locator("#unread [data-field=sex]").count(), 0);
  assert.doesNotMatch(await page.locator("#findings").textContent(), /field.missing/);
});

test("two versions of a paper are compared by a key", async () => {
  const person = await browser.person();
  const { page } = person;
  await enter(person, "wei", "reviewer");
  const id = await it.file({ name: "吴六" }, { without: "id_card_front" });
  for (const file of ["../small/00055_id_card_front_phone.jpg", "id_front.jpg"]) {
    await it.upload(id, "id_card_front", file);
    await it.until(id, ({ assessed }) => assessed);
  }
  await open(person, id);
  await pictured(page);
  await person.press("c");
  await page.locator("#versions[open] ins").first().waitFor();
  await page.waitForFunction(() => {
    const bytes = performance.getEntriesByType("resource").filter(({ name }) => name.endsWith("/picture"));
    return new Set(bytes.map(({ name }) => name)).size >= 2 && document.querySelectorAll("#versions svg image").length === 2;
  });
  assert.match(await page.locator("#versions .gone").first().textContent(), /field.missing|quality.occluded/);
  await person.inspect("versions");
  // The other way round, by the keyboard.
  const before = await page.locator("#versions ins").first().textContent();
  await person.tabTo("#versions select[name=from]");
  await person.press("ArrowDown");
  await person.tabTo("#versions select[name=to]");
  await person.press("ArrowUp");
  await person.tabTo("#versions form button");
  await person.press("Enter");
  await page.waitForFunction((text) => document.querySelector("#versions del")?.textContent === text, before);
  await person.press("Escape");
  assert.ok(!(await shown(person, "#versions")));
  // Without the script it is a page.
  await page.goto(`/console/applications/${id}/versions/id_card_front`);
  await person.inspect("versions-page");
});

test("ink is laid over a form by a key and by a button", async () => {
  const person = await browser.person();
  const { page } = person;
  await enter(person, "jiang", "reviewer");
  const id = await it.file({ name: "郑七" });
  await open(person, id);
  await pictured(page);
  const isOn = () => shown(person, "svg.page:not([hidden]) image.layer[href]:not([hidden])");
  const button = page.locator("button.layer[data-layer=ink]");
  for (let step = 0; step < 20 && !(await button.isVisible()); step += 1) await person.press("]");
  assert.ok(await button.isVisible(), "a form's page has ink");
  assert.ok(!(await isOn()));
  await person.press("i");
  assert.ok(await isOn());
  assert.equal(await button.getAttribute("aria-pressed"), "true");
  await person.inspect("layer-ink");
  await button.click();
  assert.ok(!(await isOn()));
  // No other kind of layer is there, and its key does nothing.
  await person.press("m");
  assert.ok(!(await isOn()));
  assert.equal(it.command("audit", "export").split('\\"layer\\":\\"ink\\"').length - 1, 1);
});

test("a picture that came in advance leaves a look when it is shown", async () => {
  const service = await Service.start();
  try {
    const person = await browser.person({ base: service.url });
    const { page } = person;
    const [first, second] = [await service.file(), await service.file({ name: "冯八" })];
    await enter(person, "shen", "reviewer", service);
    const noted = async (action) => {
      const { documents } = await service.application(second);
      const of = new Set(documents.map(({ id }) => id));
      const entries = service.command("audit", "export").split("\n").map((line) => JSON.parse(line));
      return entries.filter((entry) => entry.action === action && of.has(entry.subject));
    };
    const until = async (holds) => {
      for (let step = 0; step < 200 && !(await holds()); step += 1) await page.waitForTimeout(50);
      assert.ok(await holds());
    };
    await page.goto(`/console/applications/${first}`);
    await until(async () => (await noted("picture.prefetched")).length === 2);
    assert.equal((await noted("picture.viewed")).length, 0);
    await person.go("n");
    assert.equal(person.path(), `/console/applications/${second}`);
    await until(async () => (await noted("picture.viewed")).some(({ detail }) => JSON.parse(detail).field === null));
    const shownFirst = await page.locator("svg.page:not([hidden]) image").first().getAttribute("href");
    const [entry] = await page.evaluate(
      (path) => performance.getEntriesByType("resource").filter(({ name }) => name.endsWith(path)).map((e) => e.toJSON()),
      shownFirst,
    );
    assert.ok(entry.transferSize < entry.encodedBodySize, "it was not sent again");
  } finally {
    await browser.leave();
    service.stop();
  }
});

test("an operator makes an account, changes its role and ends it", async () => {
  const person = await browser.person();
  const { page } = person;
  await enter(person, "admin", "operator", it, "/console/operations");
  await person.tabTo("nav a[href='/console/accounts']");
  await person.go("Enter");
  await person.inspect("accounts");
  await person.tabTo("form.filter input[name=name]");
  await person.type("newcomer");
  await person.go("Enter");
  const link = await page.locator("#setup-link").inputValue();
  assert.match(link, /^http:.*\/console\/setup\//);
  await person.inspect("account-made");
  const newcomer = await browser.person();
  await newcomer.page.goto(link);
  await newcomer.type(PASSWORD);
  await newcomer.go("Enter");
  assert.equal(newcomer.path(), "/console/login");
  await page.goto("/console/accounts");
  assert.equal(await page.locator("#setup-link").count(), 0);
  const card = page.locator("ul.accounts li", { hasText: "newcomer" });
  await card.locator("select").selectOption("lead");
  await card.locator("form[action$='/role'] button").click();
  assert.equal(await card.locator("select").inputValue(), "lead");
  await card.locator("form[action$='/end'] button").click();
  await card.getByText("已停用").waitFor();
  const own = page.locator("ul.accounts li", { hasText: "admin" });
  assert.equal(await own.locator("form[action$='/end']").count(), 0);
  await person.inspect("accounts-ended");
});

test("an application is put on hold, found again and taken up", async () => {
  const person = await browser.person();
  const { page } = person;
  await enter(person, "zheng", "reviewer");
  const id = await it.file({ name: "孙三" });
  await open(person, id);
  await person.press("h");
  await person.type("等待学校回函");
  await person.inspect("hold");
  await person.go("Enter");
  assert.equal((await it.application(id)).review, "on_hold");
  await page.goto("/console/queue");
  assert.equal(await page.locator(`a[href$="${id}"]`).count(), 0);
  await person.tabTo("select[name=status]");
  await person.press("ArrowDown");
  await person.tabTo("form.filter button");
  await person.go("Enter");
  assert.match(page.url(), /status=on_hold/);
  assert.equal(await page.locator("a.row").count(), 1);
  await person.press("j");
  await person.go("Enter");
  assert.match(await page.locator(".waits").textContent(), /等待学校回函/);
  await person.inspect("application-on-hold");
  // Nothing is decided meanwhile.
  await person.press("p", "r");
  assert.equal(await page.locator("dialog[open]").count(), 0);
  await person.go("u");
  assert.equal((await it.application(id)).review, null);
  assert.equal(await page.locator("#pass").count(), 1);
});

test("a rejection takes two people where the service is set so", async () => {
  const strict = await Service.start("--second-look", "true");
  const elsewhere = { base: strict.url };
  try {
    const id = await strict.file({ name: "王小明" }, { without: "diploma" });
    const [first, second] = [await browser.person(elsewhere), await browser.person(elsewhere)];
    await enter(first, "first", "reviewer", strict);
    await enter(second, "second", "lead", strict);
    await open(first, id);
    await first.press("r");
    await first.go("Enter");
    assert.equal((await strict.application(id)).review, "second_look");
    await open(first, id);
    assert.ok(!(await shown(first, "#open-return")), "nobody confirms a rejection of their own");
    await first.inspect("application-proposed");
    await open(second, id);
    await second.inspect("application-second-look");
    await second.press("r");
    assert.ok((await second.page.locator("#reasons").inputValue()).trim(), "the proposed reasons are there");
    await second.go("Enter");
    const { status, decisions } = await strict.application(id);
    assert.equal(status, "rejected");
    assert.equal(decisions.length, 1);
    strict.command("audit", "verify");
  } finally {
    await browser.leave();
    strict.stop();
  }
});

test("a box on the page leads to its field, and an operator sees jobs instead of applications", async () => {
  const person = await browser.person();
  const { page } = person;
  await enter(person, "feng", "reviewer");
  const id = await it.file({ name: "李四" });
  await open(person, id);
  await pictured(page);
  const box = page.locator("svg.page:not([hidden]) a.box").first();
  const target = (await box.getAttribute("href")).slice(1);
  await box.click();
  assert.equal(await page.evaluate(() => document.activeElement.id), target);
  const marked = await page.locator("svg.page:not([hidden]) .mark").getAttribute("points");
  assert.equal(marked, await box.locator("polygon").getAttribute("points"));

  const operator = await browser.person();
  await enter(operator, "ops", "operator", it, "/console/operations");
  await operator.inspect("operations");
  await open(operator, id);
  assert.equal(operator.path(), "/console/operations");
  await page.goto("/console/operations");
  assert.equal(person.path(), "/console/queue");
});

test("a lead sees the numbers", async () => {
  const person = await browser.person();
  const { page } = person;
  await enter(person, "wang", "lead");
  await page.locator("nav a", { hasText: "统计" }).click();
  assert.equal(person.path(), "/console/numbers");
  assert.ok((await page.locator("svg.plot rect").count()) > 0);
  assert.doesNotMatch(await page.content(), new RegExp(sample.declared.name));
  await person.inspect("numbers");
});

test("the same in English", async () => {
  const person = await browser.person();
  const { page } = person;
  await enter(person, "smith", "reviewer");
  await person.tabTo("a[hreflang=en]");
  await person.go("Enter");
  assert.equal(await page.locator("html").getAttribute("lang"), "en");
  await person.inspect("queue-en");
  await open(person, other);
  await pictured(page);
  await person.inspect("application-en");
  for (const [key, dialog] of [["r", "return"], ["p", "sure"], ["?", "keys"]]) {
    await person.press(key);
    assert.ok(await shown(person, `#${dialog}`));
    await person.inspect(`${dialog}-en`);
    await person.press("Escape");
  }
  const words = await page.locator("main").innerText();
  const labels = await page.locator("h2, button, th").allInnerTexts();
  assert.match(words, /Findings/);
  assert.deepEqual(labels.filter((label) => /[审核状态材料通过退回]/.test(label)), [], "Chinese labels");
  await person.tabTo("header form button");
  await person.go("Enter");
  assert.equal(person.path(), "/console/login");
  await person.inspect("login-en");
});

test("nothing went wrong in any page", () => {
  assert.deepEqual(browser.faults, []);
  assert.doesNotMatch(it.log(), new RegExp(sample.declared.name), "no personal data in the log");
});
