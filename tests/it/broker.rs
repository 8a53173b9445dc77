//! RabbitMQ for tests: the shared server of `scripts/with-rabbitmq`, and servers of a test's own that can be
//! killed and robbed of their disk.

use std::{
    net::{TcpListener, TcpStream},
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU16, Ordering},
    time::{Duration, Instant},
};

use lapin::{
    BasicProperties, Channel, Connection, ConnectionProperties,
    options::{
        BasicAckOptions, BasicGetOptions, BasicPublishOptions, ConfirmSelectOptions, QueueBindOptions,
        QueueDeclareOptions,
    },
    types::FieldTable,
};
use serde_json::Value;
use tempfile::TempDir;
use vouch::store::new_id;

/// How long anything may take here before a test gives up; generous, for a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(120);
/// In the URL of a test's own server: it must be nowhere else.
pub const PASSWORD: &str = "sesame-7f3a";

/// The shared server; `None` where the tests run without (`scripts/with-rabbitmq` starts it).
pub fn shared() -> Option<String> {
    std::env::var("VOUCH_TEST_RABBITMQ").ok()
}

/// Ports for servers that have to be told one: below those that Linux hands out by itself (32768 and up), so that
/// no connection and no other test's server takes it before the server does.
const PORTS: std::ops::Range<u16> = 20_000..30_000;

/// A port that nobody listens on, given once in this process.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Another run of the tests begins elsewhere.
    let start = u16::try_from(std::process::id() % u32::from(PORTS.end - PORTS.start)).unwrap();
    loop {
        let step = start + NEXT.fetch_add(1, Ordering::Relaxed);
        let port = PORTS.start + step % (PORTS.end - PORTS.start);
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// A server of one test's own. Dropped, it is killed.
pub struct Node {
    child: Child,
    folder: TempDir,
    port: u16,
}

impl Node {
    pub fn start() -> Self {
        let port = free_port();
        let folder = tempfile::tempdir().unwrap();
        let child = Self::run(folder.path(), port);
        Self { child, folder, port }
    }

    fn run(folder: &Path, port: u16) -> Child {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/rabbitmq-node");
        let mut command = Command::new(script);
        command.arg(folder.join("node")).arg(port.to_string()).env("VOUCH_TEST_RABBITMQ_PASSWORD", PASSWORD);
        // As the package's user, it has to get through to its folder.
        std::fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        command.process_group(0).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    pub fn url(&self) -> String {
        format!("amqp://vouch:{PASSWORD}@127.0.0.1:{}", self.port)
    }

    /// Kills it (-9).
    pub fn kill(&mut self) {
        let group = rustix::process::Pid::from_child(&self.child);
        // It may have ended already.
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        let _ = self.child.wait();
    }

    /// Deletes all that it ever wrote; it has to be killed before.
    pub fn wipe(&self) {
        std::fs::remove_dir_all(self.folder.path().join("node")).unwrap();
    }

    pub fn restart(&mut self) {
        self.child = Self::run(self.folder.path(), self.port);
    }

    /// Waits until it has booted.
    pub async fn wait_until_up(&self) {
        wait_until("the broker is up", async || TcpStream::connect(("127.0.0.1", self.port)).is_ok()).await;
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Waits until `done` holds.
pub async fn wait_until(what: &str, done: impl AsyncFn() -> bool) {
    let start = Instant::now();
    while !done().await {
        assert!(start.elapsed() < PATIENCE, "not yet: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A client as a portal or an operator would have one.
pub struct Client {
    _connection: Connection,
    channel: Channel,
}

impl Client {
    pub async fn connect(url: &str) -> Self {
        let connection = Connection::connect(url, ConnectionProperties::default()).await.unwrap();
        let channel = connection.create_channel().await.unwrap();
        channel.confirm_select(ConfirmSelectOptions::default()).await.unwrap();
        Self { _connection: connection, channel }
    }

    /// Publishes to a queue and waits until it is there.
    pub async fn publish(&self, queue: &str, body: &[u8]) {
        let options = BasicPublishOptions { mandatory: true, immediate: false };
        let properties = BasicProperties::default();
        let sent = self.channel.basic_publish("".into(), queue.into(), options, body, properties).await;
        let confirmation = sent.unwrap().await.unwrap();
        assert!(confirmation.is_ack() && confirmation.take_message().is_none(), "{queue} is not there");
    }

    /// The next message of a queue with its message identifier; waits for it.
    pub async fn next(&self, queue: &str) -> (Value, Option<String>) {
        let start = Instant::now();
        loop {
            let got = self.channel.basic_get(queue.into(), BasicGetOptions::default()).await.unwrap();
            if let Some(message) = got {
                message.ack(BasicAckOptions::default()).await.unwrap();
                let id = message.properties.message_id().as_ref().map(ToString::to_string);
                return (serde_json::from_slice(&message.data).unwrap_or_default(), id);
            }
            assert!(start.elapsed() < PATIENCE, "{queue} stays empty");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// A queue of its own that gets every event.
    pub async fn follow(&self, exchange: &str) -> String {
        let queue = new_id("follower");
        let options = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
        let plain = FieldTable::default;
        self.channel.queue_declare(queue.as_str().into(), options, plain()).await.unwrap();
        let options = QueueBindOptions::default();
        let bound =
            self.channel.queue_bind(queue.as_str().into(), exchange.into(), "#".into(), options, plain());
        bound.await.unwrap();
        queue
    }
}
