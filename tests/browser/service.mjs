// A `vouch serve` of its own, with stored readings instead of models, and its API.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const ROOT = resolve(HERE, "../..");
const VOUCH = resolve(ROOT, process.env.VOUCH_BIN ?? "target/release/vouch");
/** Committed samples. */
export const SAMPLES = join(ROOT, "samples");
const SAMPLE = join(SAMPLES, "application");
const READINGS = join(HERE, "readings.jsonl");
// Generous, for a machine that is busy; nothing waits for it to end.
const PATIENCE_MS = 120_000;

/** The sample application as its applicant filed it. */
export const sample = JSON.parse(readFileSync(join(SAMPLE, "application.json"), "utf8"));

export class Service {
  /** Starts one; more options may follow. */
  static async start(...options) {
    const folder = mkdtempSync(join(tmpdir(), "vouch-browser."));
    const data = join(folder, "data");
    const fixed = ["serve", "--listen", "127.0.0.1:0", "--data", data, "--readers", "1"];
    const stub = ["--stub-ms", "1", "--stub-readings", READINGS];
    const log = openSync(join(folder, "log"), "a");
    const child = spawn(VOUCH, [...fixed, ...stub, ...options], { stdio: ["ignore", "pipe", log] });
    const it = new Service(folder, data, child);
    for await (const line of createInterface({ input: child.stdout })) {
      it.token ??= line.match(/shown this once: (\S+)/)?.[1];
      it.url = line.match(/^vouch: (http\S+)/)?.[1];
      if (it.url) return it;
    }
    throw new Error(`the service did not start:\n${it.log()}`);
  }

  constructor(folder, data, child) {
    Object.assign(this, { folder, data, child });
  }

  stop() {
    this.child.kill("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  }

  log() {
    return readFileSync(join(this.folder, "log"), "utf8");
  }

  /** Runs a subcommand on the service's data; what it prints. */
  command(...words) {
    const env = { ...process.env, VOUCH_DATA: this.data };
    return execFileSync(VOUCH, words, { env, encoding: "utf8" }).trim();
  }

  async request(method, path, body, headers = {}) {
    const bearer = { authorization: `Bearer ${this.token}` };
    const response = await fetch(this.url + path, { method, body, headers: { ...bearer, ...headers } });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  }

  get(path) {
    return this.request("GET", path);
  }

  post(path, value) {
    return this.request("POST", path, JSON.stringify(value), { "content-type": "application/json" });
  }

  /** Files the sample application with other declared data, or without a slot; its identifier, once it is judged. */
  async file(declared = {}, { without } = {}) {
    const body = { plan: sample.plan, submitted_on: sample.submitted_on };
    const { id } = await this.post("/v1/applications", { ...body, declared: { ...sample.declared, ...declared } });
    for (const { slot, file } of sample.files) if (slot !== without) await this.upload(id, slot, file);
    await this.until(id, (application) => application.assessed);
    return id;
  }

  upload(id, slot, file) {
    const bytes = readFileSync(join(SAMPLE, file));
    return this.request("POST", `/v1/applications/${id}/documents/${slot}`, bytes, { "file-name": file });
  }

  application(id) {
    return this.get(`/v1/applications/${id}`);
  }

  /** Waits until something holds of an application. */
  async until(id, holds) {
    const end = Date.now() + PATIENCE_MS;
    for (;;) {
      const application = await this.application(id);
      if (holds(application)) return application;
      if (Date.now() > end) throw new Error(`${id} is still ${JSON.stringify(application)}\n${this.log()}`);
      await new Promise((done) => setTimeout(done, 50));
    }
  }
}
