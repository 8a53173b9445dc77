//! A database that is away: nothing ends, at the start or later; the service says that it is not ready, and goes
//! on when the database is back.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc,
};

use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use tokio::{
    io::copy_bidirectional,
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
}

impl Gate {
    fn new(server: &str) -> Self {
        let server = server.rsplit('@').next().unwrap().to_owned();
        Self { port: free_port(), server, open: None }
    }

    async fn open(&mut self) {
        let listener = TcpListener::bind(("127.0.0.1", self.port)).await.unwrap();
        let server = self.server.clone();
        self.open = Some(tokio::spawn(async move {
            // Dropped with this task, and its connections with it.
            let mut connections = tokio::task::JoinSet::new();
            loop {
                let (mut near, _) = listener.accept().await.unwrap();
                let server = server.clone();
                connections.spawn(async move {
                    let mut far = TcpStream::connect(server).await.unwrap();
                    // Ends when either side does.
                    let _ = copy_bidirectional(&mut near, &mut far).await;
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
    let database = {
        use sqlx::{AnyPool, any::install_default_drivers};
        install_default_drivers();
        let name = new_id("test");
        let root = AnyPool::connect(&format!("{postgres}/postgres")).await.unwrap();
        sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&root).await.unwrap();
        format!("postgres://vouch@127.0.0.1:{}/{name}", gate.port)
    };
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
