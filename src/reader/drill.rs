//! Misbehaviour on purpose: what a reader under an attacker's control would try. Only a reader that was
//! started with `--drill` obeys; the sandbox's tests and nothing else start one.

use std::{net::UdpSocket, path::PathBuf, process::Command, time::Duration};

use serde::{Deserialize, Serialize};

/// What to try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Drill {
    /// Open a socket.
    Socket,
    /// Read a file that is none of its own.
    ReadFile(PathBuf),
    /// Make a file.
    WriteFile(PathBuf),
    /// Start a program.
    Execute(PathBuf),
    /// Use that many bytes of memory.
    Allocate(usize),
    /// Never answer.
    Spin,
    /// Die.
    Abort,
    /// Answer after that many milliseconds.
    Sleep(u64),
}

impl Drill {
    /// Tries it. True: it succeeded.
    pub(super) fn succeeds(&self) -> bool {
        match self {
            Self::Socket => UdpSocket::bind("127.0.0.1:0").is_ok(),
            Self::ReadFile(path) => std::fs::read(path).is_ok(),
            Self::WriteFile(path) => std::fs::write(path, b"drill").is_ok(),
            Self::Execute(path) => Command::new(path).spawn().is_ok(),
            Self::Allocate(bytes) => {
                // Written to, or it would never be real memory.
                let block = vec![1_u8; *bytes];
                std::hint::black_box(&block).len() == *bytes
            }
            Self::Spin => loop {
                std::hint::spin_loop();
            },
            Self::Abort => std::process::abort(),
            Self::Sleep(ms) => {
                std::thread::sleep(Duration::from_millis(*ms));
                true
            }
        }
    }
}
