//! A `vouch serve` of its own for one test.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

/// How long anything may take here before a test gives up; generous, for a machine that is busy.
pub const PATIENCE: Duration = Duration::from_secs(900);

/// A process that is killed when it is dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A running service. Dropped, it is killed.
pub struct Service {
    child: Running,
    pub url: String,
    pub token: String,
    pub data: TempDir,
    client: Client,
}

/// A file system of so many MiB in the place of the data folder, seen by the process alone and gone with it.
const SMALL_DISK: &str = "mount -t tmpfs -o size=$1m none \"$2\" && shift 2 && exec \"$@\"";

/// What is around a process.
#[derive(Default)]
struct Surroundings<'a> {
    /// Of the disk that its data folder is on, where it has one of its own.
    disk_mib: Option<u32>,
    /// Who collects its traces.
    collector: Option<&'a str>,
}

/// Starts a process on `data`; its URL, and the token if it made one.
fn start(data: &Path, around: &Surroundings, more: &[&str]) -> (Running, String, Option<String>) {
    let log = std::fs::OpenOptions::new().create(true).append(true).open(data.join("log")).unwrap();
    let mut command = if let Some(mib) = around.disk_mib {
        std::fs::create_dir_all(data.join("data")).unwrap();
        let mut command = Command::new("unshare");
        command.args(["--mount", "sh", "-c", SMALL_DISK, "sh", &mib.to_string()]).arg(data.join("data"));
        command.arg(env!("CARGO_BIN_EXE_vouch"));
        command
    } else {
        Command::new(env!("CARGO_BIN_EXE_vouch"))
    };
    command.env_remove("VOUCH_MODELS").env_remove("VOUCH_THREADS");
    command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data.join("data"));
    if let Some(collector) = around.collector {
        command.env("OTEL_EXPORTER_OTLP_ENDPOINT", collector).env("OTEL_BSP_SCHEDULE_DELAY", "100");
    }
    if let Ok(database) = std::fs::read_to_string(data.join("database")) {
        command.arg("--database").arg(database);
    }
    let mut child = Running(command.args(more).stdout(Stdio::piped()).stderr(log).spawn().unwrap());
    let mut lines = BufReader::new(child.0.stdout.take().unwrap()).lines();
    let mut token = None;
    loop {
        let line = lines.next().expect("it says where it listens").unwrap();
        if let Some((_, text)) = line.split_once("shown this once: ") {
            token = Some(text.to_owned());
        } else if let Some(url) = line.strip_prefix("vouch: ") {
            return (child, url.to_owned(), token);
        }
    }
}

impl Service {
    pub fn start(more: &[&str]) -> Self {
        Self::start_with(&Surroundings::default(), more)
    }

    /// With traces that go to this address.
    #[cfg(feature = "otel")]
    pub fn start_traced(collector: &str, more: &[&str]) -> Self {
        Self::start_with(&Surroundings { collector: Some(collector), ..Surroundings::default() }, more)
    }

    /// With a data folder that has only so many MiB; `None` where this user may not mount one.
    pub fn start_on_small_disk(mib: u32, more: &[&str]) -> Option<Self> {
        let mounts =
            Command::new("unshare").args(["--mount", "mount", "-t", "tmpfs", "none", "/mnt"]).status();
        let may = mounts.is_ok_and(|status| status.success());
        may.then(|| Self::start_with(&Surroundings { disk_mib: Some(mib), ..Surroundings::default() }, more))
    }

    fn start_with(around: &Surroundings, more: &[&str]) -> Self {
        let data = tempfile::tempdir().unwrap();
        let (child, url, token) = start(data.path(), around, more);
        Self {
            child,
            url,
            token: token.expect("the first start prints a token"),
            data,
            client: Client::new(),
        }
    }

    /// Kills the process (-9) and starts it again on the same data.
    pub fn kill_and_restart(&mut self, more: &[&str]) {
        self.child.0.kill().unwrap();
        self.child.0.wait().unwrap();
        let (child, url, token) = start(self.data.path(), &Surroundings::default(), more);
        assert_eq!(token, None, "only the first start prints a token");
        (self.child, self.url) = (child, url);
    }

    /// Ends the process as an operator would, and waits until it is gone.
    pub fn terminate(&mut self) -> std::process::ExitStatus {
        let id = rustix::process::Pid::from_child(&self.child.0);
        rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
        self.child.0.wait().unwrap()
    }

    /// The data folder as the process sees it.
    pub fn data_folder(&self) -> std::path::PathBuf {
        let own = format!("/proc/{}/root", self.child.0.id());
        Path::new(&own).join(self.data.path().strip_prefix("/").unwrap()).join("data")
    }

    /// All that it logged.
    pub fn log(&self) -> String {
        let mut text = String::new();
        std::fs::File::open(self.data.path().join("log")).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    /// A request with the first token.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url)).bearer_auth(&self.token)
    }

    /// A request without any.
    pub fn anonymous(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    pub async fn get(&self, path: &str) -> Value {
        let response = self.request(Method::GET, path).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        response.json().await.unwrap()
    }

    pub async fn post(&self, path: &str, body: Value) -> Response {
        self.request(Method::POST, path).json(&body).send().await.unwrap()
    }

    /// Files an application; its identifier.
    pub async fn application(&self, declared: Value) -> String {
        let body = json!({"plan": "dianzishangwushi-4", "submitted_on": "2026-11-22", "declared": declared});
        let response = self.post("/v1/applications", body).await;
        assert_eq!(response.status(), StatusCode::CREATED);
        let view: Value = response.json().await.unwrap();
        view["id"].as_str().unwrap().to_owned()
    }

    pub async fn upload(&self, application: &str, slot: &str, bytes: &[u8]) -> Response {
        self.request(Method::POST, &format!("/v1/applications/{application}/documents/{slot}"))
            .header("File-Name", "%E5%BC%A0%E4%B8%89.jpg")
            .body(bytes.to_vec())
            .send()
            .await
            .unwrap()
    }

    /// Waits until `done` holds of what `path` answers.
    pub async fn wait_for(&self, path: &str, done: impl Fn(&Value) -> bool) -> Value {
        let start = Instant::now();
        loop {
            let response = self.request(Method::GET, path).send().await.unwrap();
            let value: Value = response.json().await.unwrap_or_default();
            if done(&value) {
                return value;
            }
            assert!(start.elapsed() < PATIENCE, "{path} is still {value}\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Events up to now, as the stream tells them.
    pub async fn events(&self, count: usize) -> Vec<Value> {
        let mut response = self.request(Method::GET, "/v1/events?after=0").send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        let mut text = String::new();
        let mut events = Vec::new();
        while events.len() < count {
            let piece = tokio::time::timeout(PATIENCE, response.chunk()).await.expect("events come");
            text.push_str(std::str::from_utf8(&piece.unwrap().unwrap()).unwrap());
            while let Some((event, rest)) = text.split_once("\n\n") {
                let data = event.lines().find_map(|line| line.strip_prefix("data: "));
                events.extend(data.map(|data| serde_json::from_str::<Value>(data).unwrap()));
                text = rest.to_owned();
            }
        }
        events
    }

    /// How often each document was told to be read, by all events so far.
    pub async fn readings(&self) -> BTreeMap<String, usize> {
        // A marker behind which no event of the above can come.
        let last = self.application(json!({})).await;
        let mut count = 1;
        let events = loop {
            let events = self.events(count).await;
            if events.last().unwrap()["application_id"] == last.as_str() {
                break events;
            }
            count = events.len() + 1;
        };
        let mut readings = BTreeMap::new();
        for event in events.iter().filter(|event| event["kind"] == "document.read") {
            *readings.entry(event["document_id"].as_str().unwrap().to_owned()).or_default() += 1;
        }
        readings
    }
}
