//! One integration binary: one link, shared fixtures.

mod assess;
mod blobs;
mod broker;
mod cli;
mod deploy;
mod extensions;
mod hostile;
mod intake;
mod layering;
mod queue;
mod report;
mod s3;
mod samples;
mod sandbox;
mod schema;
mod service;
mod store;
mod vouch;
mod webhooks;

/// Every file below a folder.
fn files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(self::files(&path)) } else { files.push(path) }
    }
    files
}
