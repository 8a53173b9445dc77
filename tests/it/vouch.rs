//! The real binary, and what its tests share.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;

/// The day that the samples are dated around.
pub const SAMPLE_DAY: &str = "2026-11-24";

pub fn sample(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(path)
}

pub fn fixture(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(path)
}

/// A command on the binary under test with the models of the source tree.
pub fn vouch() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vouch"));
    command.env_remove("VOUCH_MODELS").env_remove("VOUCH_THREADS").env("NO_COLOR", "1");
    command
}

pub fn run(command: &mut Command) -> Output {
    command.output().expect("the binary starts")
}

#[track_caller]
pub fn exit_code(output: &Output) -> i32 {
    let errors = String::from_utf8_lossy(&output.stderr);
    output.status.code().unwrap_or_else(|| panic!("killed by a signal: {errors}"))
}

/// JSON Lines of the standard output.
#[track_caller]
pub fn json_lines(output: &Output) -> Vec<Value> {
    std::str::from_utf8(&output.stdout)
        .expect("reports are UTF-8")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}")))
        .collect()
}

/// Codes of a report's findings.
pub fn codes(report: &Value) -> Vec<&str> {
    report["findings"].as_array().into_iter().flatten().filter_map(|f| f["code"].as_str()).collect()
}
