// An applicant's whole way in a real browser: a photo that will not do, a lost connection, a return, a resubmission.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { join } from "node:path";
import { Browser } from "./browser.mjs";
import { SAMPLES, Service, sample } from "./service.mjs";

const COVERED = join(SAMPLES, "small/00055_id_card_front_phone.jpg");
const paper = (file) => join(SAMPLES, "application", file);
let it, browser;

before(async () => {
  it = await Service.start();
  browser = await Browser.open(it.url);
});

after(async () => {
  await browser?.close();
  it?.stop();
});

afterEach(async () => {
  await browser.leave();
  assert.deepEqual(browser.faults.splice(0), []);
});

/** Files an application without papers and condition, and opens its link. */
async function arrive() {
  const { condition, ...declared } = sample.declared;
  const body = { plan: sample.plan, submitted_on: sample.submitted_on, declared };
  const { id } = await it.post("/v1/applications", body);
  const { url } = await it.post(`/v1/applications/${id}/link`, {});
  const person = await browser.person();
  await person.page.goto(url);
  return { id, url, condition, person, page: person.page };
}

async function choose(page, condition) {
  await page.locator(`input[name=condition][value="${condition}"]`).check();
  await page.locator(".conditions button").click();
  await page.locator(".slots").waitFor();
}

/** Gives a photo to a slot, as the camera of a phone would. */
const give = (page, slot, file) => page.locator(`form[action$="/documents/${slot}"] input`).first().setInputFiles(file);
const kept = (page, slot) => page.locator(`#${slot} .state.good`).waitFor();

test("from the choice of a condition to a resubmission", async () => {
  const { id, condition, person, page } = await arrive();
  assert.equal(await page.locator(".slots").count(), 0);
  await person.inspect("applicant-start");
  await choose(page, condition);
  await person.inspect("applicant-papers");

  // It will not do: said at once, the place marked, nothing filed.
  await give(page, "id_card_front", COVERED);
  await page.locator("[role=alert]").waitFor();
  assert.match(await page.locator("[role=alert]").textContent(), /遮挡/);
  assert.ok((await page.locator("svg.shown polygon").count()) > 0);
  assert.equal((await it.application(id)).documents.length, 0);
  await person.inspect("applicant-verdict");

  for (const { slot, file } of sample.files) {
    if (!(await page.locator(`form[action$="/documents/${slot}"]`).count())) continue;
    await give(page, slot, paper(file));
    await kept(page, slot);
  }
  await page.locator(".notice.good").waitFor();
  await it.until(id, (application) => application.assessed);
  await person.inspect("applicant-complete");

  await it.post(`/v1/applications/${id}/decision`, { decision: "reject", reasons: ["毕业证书照片不完整，请重新拍摄"] });
  await page.reload();
  assert.match(await page.locator(".notice.bad").textContent(), /毕业证书照片不完整/);
  await person.inspect("applicant-returned");
  await give(page, "diploma", paper("diploma.jpg"));
  await page.waitForLoadState("networkidle");
  await it.until(id, (application) => application.documents.filter(({ slot }) => slot === "diploma").length === 2);
  await page.locator("form[action$='/resubmission'] button").click();
  await page.locator(".notice.bad").waitFor({ state: "detached" });
  assert.equal((await it.application(id)).status, "reviewing");
});

test("an upload goes on by itself after the connection was lost, and is added once", async () => {
  const { id, condition, page } = await arrive();
  await choose(page, condition);
  await page.context().setOffline(true);
  await give(page, "id_card_back", paper("id_back.jpg"));
  await page.locator("#id_card_back .progress span", { hasText: "网络中断" }).waitFor();
  browser.faults.length = 0; // What the browser says of lost connections.
  await page.context().setOffline(false);
  await kept(page, "id_card_back");
  assert.equal((await it.application(id)).documents.length, 1);
  browser.faults.length = 0;
});

test("in English, and after the link has ended", async () => {
  const { url, condition, person, page } = await arrive();
  await page.locator("header a").click();
  assert.equal(await page.locator("h1").textContent(), "Upload your papers");
  await choose(page, condition);
  await person.inspect("applicant-english");
  await page.goto(url.replace(/.$/, (last) => (last === "0" ? "1" : "0")));
  assert.equal(await page.locator("h1").textContent(), "This link has ended");
});
