//! An S3-compatible store for tests: the shared server of `scripts/with-s3`, and servers of a test's own that can be
//! killed, stopped and started again.

use std::{
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use vouch::store::{
    new_id,
    vault::{BlobPlace, Bucket, BucketKeys},
};

use crate::broker::{free_port, wait_until};

/// What requests are signed with; it must be in no log.
pub const SECRET: &str = "sesame-s3";
const ACCESS_KEY: &str = "vouch";
/// The one bucket of scripts/s3-server.
const BUCKET: &str = "papers";

/// The shared server; `None` where the tests run without (`scripts/with-s3` starts it).
pub fn shared() -> Option<String> {
    std::env::var("VOUCH_TEST_S3").ok()
}

/// A place of a test's own in a server.
pub fn place(endpoint: &str) -> BlobPlace {
    BlobPlace::Bucket(bucket(endpoint))
}

/// The same, to be changed.
pub fn bucket(endpoint: &str) -> Bucket {
    Bucket {
        name: BUCKET.to_owned(),
        prefix: format!("tests/{}", new_id("test")),
        endpoint: Some(endpoint.parse().unwrap()),
        region: Some("us-east-1".to_owned()),
        path_style: true,
        keys: BucketKeys::parse(&format!("{ACCESS_KEY}\n{SECRET}")),
    }
}

/// A server of a test's own. Dropped, it is killed.
pub struct Server {
    child: Child,
    pub folder: TempDir,
    port: u16,
}

impl Server {
    /// Starts one, where there is one to start.
    pub async fn start() -> Option<Self> {
        shared()?;
        let port = free_port();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("keys"), format!("{ACCESS_KEY}\n{SECRET}\n")).unwrap();
        let server = Self { child: Self::run(folder.path(), port), folder, port };
        server.wait_until_up().await;
        Some(server)
    }

    fn run(folder: &Path, port: u16) -> Child {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/s3-server");
        let mut command = Command::new(script);
        command.arg(folder.join("store")).arg(port.to_string()).env("VOUCH_TEST_S3_SECRET", SECRET);
        // The script becomes the server.
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// Options of a service that keeps its uploads here.
    pub fn options(&self) -> Vec<String> {
        let keys = self.folder.path().join("keys").display().to_string();
        let blobs = format!("s3://{BUCKET}/uploads");
        let endpoint = format!("http://127.0.0.1:{}", self.port);
        ["--blobs", &blobs, "--s3-endpoint", &endpoint, "--s3-keys-file", &keys].map(ToOwned::to_owned).into()
    }

    /// Files of the bucket.
    pub fn objects(&self) -> Vec<PathBuf> {
        crate::files(&self.folder.path().join("store").join(BUCKET))
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Stops it as it stands: connections stay open and nothing is answered.
    pub fn stop(&self) {
        self.signal(Signal::STOP);
    }

    pub fn go_on(&self) {
        self.signal(Signal::CONT);
    }

    /// Kills it (-9).
    pub fn kill(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    pub async fn restart(&mut self) {
        self.child = Self::run(self.folder.path(), self.port);
        self.wait_until_up().await;
    }

    async fn wait_until_up(&self) {
        wait_until("the store is up", async || TcpStream::connect(("127.0.0.1", self.port)).is_ok()).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}
