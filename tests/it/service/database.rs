//! A database that is away, slow or hangs: nothing ends, at the start or later; the service says that it is not
//! ready, and goes on when the database is back.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
        mpsc,
    },
    time::Duration,
};

use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use vouch::store::new_id;

use super::process::PATIENCE;
use crate::broker::{free_port, wait_until};

/// A way to the database server that can be shut: then connections break and new ones are refused.
struct Gate {
    port: u16,
    server: String,
    open: Option<JoinHandle<()>>,
    pace: Arc<Pace>,
}

/// How what is sent gets through.
#[derive(Default)]
struct Pace {
    /// Milliseconds that each piece takes.
    delay_ms: AtomicU64,
    /// Nothing gets through, and no connection is closed.
    held: AtomicBool,
}

impl Pace {
    /// Carries what one side says to the other, until either is gone.
    async fn carry(&self, mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin) {
        let mut piece = vec![0; 16 << 10];
        while let Ok(length @ 1..) = from.read(&mut piece).await {
            tokio::time::sleep(Duration::from_millis(self.delay_ms.load(Relaxed))).await;
            while self.held.load(Relaxed) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            if to.write_all(&piece[..length]).await.is_err() {
                return;
            }
        }
    }
}

impl Gate {
    fn new(server: &str) -> Self {
        let server = server.rsplit('@').next().unwrap().to_owned();
        Self { port: free_port(), server, open: None, pace: Arc::default() }
    }

    /// The URL of a new database behind it.
    async fn database(&self) -> String {
        sqlx::any::install_default_drivers();
        let name = new_id("test");
        let root =
            sqlx::AnyPool::connect(&format!("postgres://vouch@{}/postgres", self.server)).await.unwrap();
        sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&root).await.unwrap();
        format!("postgres://vouch@127.0.0.1:{}/{name}", self.port)
    }

    async fn open(&mut self) {
        let listener = TcpListener::bind(("127.0.0.1", self.port)).await.unwrap();
        let (server, pace) = (self.server.clone(), Arc::clone(&self.pace));
        self.open = Some(tokio::spawn(async move {
            // Dropped with this task, and its connections with it.
            let mut connections = tokio::task::JoinSet::new();
            loop {
                let (near, _) = listener.accept().await.unwrap();
                let (server, pace) = (server.clone(), Arc::clone(&pace));
                connections.spawn(async move {
                    let far = TcpStream::connect(server).await.unwrap();
                    let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
                    // Ends when either side does.
                    tokio::select! {
                        () = pace.carry(near_in, far_out) => {}
                        () = pace.carry(far_in, near_out) => {}
                    }
                });
            }
        }));
    }

    async fn shut(&mut self) {
        let open = self.open.take().unwrap();
        open.abort();
        // Gone, listener and all.
        let _ = open.await;
    }
}

/// A process that is killed when it is dropped.
struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    fn start(arguments: &[&str], data: &Path) -> Self {
        let log = data.join(format!("{}.log", arguments[0]));
        let file = std::fs::File::create(&log).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_vouch"));
        command.env_remove("VOUCH_MODELS").env_remove("VOUCH_THREADS").args(arguments);
        let command = command.arg("--data").arg(data.join("data"));
        Self { child: command.stdout(Stdio::piped()).stderr(file).spawn().unwrap(), log }
    }

    fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("its log:\n{}", std::fs::read_to_string(&self.log).unwrap_or_default());
        }
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The first token, once it is printed.
async fn token_of(server: &mut Process) -> String {
    let (sender, receiver) = mpsc::channel();
    let output = server.child.stdout.take().unwrap();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if let Some((_, token)) = line.split_once("shown this once: ") {
                sender.send(token.to_owned()).unwrap();
            }
        }
    });
    tokio::task::spawn_blocking(move || receiver.recv_timeout(PATIENCE).unwrap()).await.unwrap()
}

#[tokio::test]
async fn processes_outlive_their_database() {
    // Without the server there is nothing to be away.
    let Ok(postgres) = std::env::var("VOUCH_TEST_POSTGRES") else { return };
    let mut gate = Gate::new(&postgres);
    let database = gate.database().await;
    let folder = tempfile::tempdir().unwrap();
    let address = format!("127.0.0.1:{}", free_port());
    let shared = ["--database", database.as_str(), "--lease-s", "2", "--readers", "1", "--stub-ms", "1"];
    let serve = [&["serve", "--no-worker", "--listen", address.as_str()], &shared[..]].concat();
    let mut server = Process::start(&serve, folder.path());
    let mut worker = Process::start(&[&["worker"], &shared[..]].concat(), folder.path());

    let client = Client::new();
    let status = async |path: &str| {
        let answer = client.get(format!("http://{address}{path}")).send().await;
        answer.map(|answer| answer.status()).ok()
    };
    wait_until("it lives", async || status("/healthz").await == Some(StatusCode::OK)).await;
    assert_eq!(status("/readyz").await, Some(StatusCode::SERVICE_UNAVAILABLE));
    assert_eq!(status("/v1/plans").await, Some(StatusCode::SERVICE_UNAVAILABLE));
    gate.open().await;
    let token = token_of(&mut server).await;
    let ready = async || status("/readyz").await == Some(StatusCode::OK);
    wait_until("it is ready", &ready).await;

    let post = |path: String, body: Vec<u8>| {
        client.request(Method::POST, format!("http://{address}{path}")).bearer_auth(&token).body(body)
    };
    let body = json!({"plan": "dianzishangwushi-4"}).to_string().into_bytes();
    let filed = post("/v1/applications".to_owned(), body).header("content-type", "application/json");
    let filed: Value = filed.send().await.unwrap().json().await.unwrap();
    let path = format!("/v1/applications/{}", filed["id"].as_str().unwrap());
    let upload = format!("{path}/documents/diploma");

    gate.shut().await;
    wait_until("it says so", async || status("/readyz").await == Some(StatusCode::SERVICE_UNAVAILABLE)).await;
    assert_eq!(status("/healthz").await, Some(StatusCode::OK));
    let refused = post(upload.clone(), b"one".to_vec()).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(!server.has_ended() && !worker.has_ended());
    gate.open().await;
    wait_until("it is ready again", &ready).await;
    let kept = post(upload, b"one".to_vec()).send().await.unwrap();
    assert_eq!(kept.status(), StatusCode::ACCEPTED);
    // The worker is there, too.
    wait_until("it is assessed", async || {
        let shown = client.get(format!("http://{address}{path}")).bearer_auth(&token).send().await;
        let shown: Value = shown.unwrap().json().await.unwrap_or_default();
        shown["assessed"] == true
    })
    .await;
    assert!(!server.has_ended() && !worker.has_ended());
}

#[tokio::test]
async fn a_slow_database_is_waited_for_and_one_that_hangs_is_told_of() {
    let Ok(postgres) = std::env::var("VOUCH_TEST_POSTGRES") else { return };
    let mut gate = Gate::new(&postgres);
    let database = gate.database().await;
    gate.open().await;
    let folder = tempfile::tempdir().unwrap();
    let address = format!("127.0.0.1:{}", free_port());
    let shared = ["--database", database.as_str(), "--lease-s", "10", "--readers", "1", "--stub-ms", "1"];
    let mut server = Process::start(&[&["serve", "--listen", &address], &shared[..]].concat(), folder.path());
    let token = token_of(&mut server).await;
    let client = Client::new();
    let request = |method: Method, path: &str| {
        client.request(method, format!("http://{address}{path}")).bearer_auth(&token)
    };
    gate.pace.delay_ms.store(15, Relaxed);
    let filed = request(Method::POST, "/v1/applications").json(&json!({"plan": "dianzishangwushi-4"}));
    let filed: Value = filed.send().await.unwrap().json().await.unwrap();
    let path = format!("/v1/applications/{}", filed["id"].as_str().unwrap());
    let upload = async |key: &str| {
        let slot = format!("{path}/documents/diploma");
        let request = request(Method::POST, &slot).header("Idempotency-Key", key).body(key.to_owned());
        request.send().await.unwrap()
    };
    let slow = futures_util::future::join_all(["a", "b", "c", "d", "e", "f"].map(&upload)).await;
    assert!(slow.iter().all(|answer| answer.status() == StatusCode::ACCEPTED), "{slow:?}");

    gate.pace.held.store(true, Relaxed);
    for hangs in [upload("g").await, request(Method::GET, &path).send().await.unwrap()] {
        assert_eq!(hangs.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(hangs.headers()["content-type"], "application/problem+json");
    }
    assert!(!server.has_ended());
    gate.pace.held.store(false, Relaxed);
    gate.pace.delay_ms.store(0, Relaxed);
    // Whether it was kept the first time or not: once, when it is sent again.
    wait_until("it is kept", async || upload("g").await.status().is_success()).await;
    wait_until("all are read", async || {
        let shown = request(Method::GET, &path).send().await.unwrap();
        let shown: Value = shown.json().await.unwrap_or_default();
        let documents = shown["documents"].as_array().cloned().unwrap_or_default();
        documents.len() == 7 && documents.iter().all(|document| document["state"] == "read")
    })
    .await;
}
