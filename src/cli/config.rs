//! `vouch config check`.

use std::path::PathBuf;

use super::{EXIT_OK, settings::RawSettings};

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Say what the service would run with, or what is wrong
    Check(Box<CheckArgs>),
}

#[derive(clap::Args)]
struct CheckArgs {
    /// Configuration file (TOML)
    file: Option<PathBuf>,
    #[command(flatten)]
    settings: RawSettings,
}

pub fn run(args: &Args) -> anyhow::Result<u8> {
    let Command::Check(args) = &args.command;
    let settings = args.settings.clone().over_file(args.file.as_deref())?.resolve()?;
    // An existing key file is read; none is made by looking.
    if settings.master_key_file.exists() || std::env::var_os("VOUCH_MASTER_KEY").is_some() {
        settings.keyring()?;
    }
    // Not the whole URL: it may hold a password.
    let database = settings.database.split(':').next().unwrap_or_default();
    let none = || "none".to_owned();
    let mut webhooks = Vec::new();
    for webhook in &settings.webhooks {
        webhook.endpoint()?;
        webhooks.push(webhook.shown());
    }
    let webhooks = if webhooks.is_empty() { none() } else { webhooks.join(", ") };
    let uploads = settings.broker.as_ref().and_then(|broker| broker.uploads.as_ref());
    let rows = [
        ("listen", settings.listen.to_string()),
        ("data", settings.data.display().to_string()),
        ("database", database.to_owned()),
        ("blobs", settings.blobs.shown()),
        ("master_key_file", settings.master_key_file.display().to_string()),
        ("readers", settings.readers.readers.to_string()),
        ("reader_memory_mib", (settings.guard.memory_bytes >> 20).to_string()),
        ("document_timeout_s", settings.readers.document_timeout.as_secs().to_string()),
        ("max_upload_mib", (settings.limits.max_upload_bytes >> 20).to_string()),
        ("max_backlog", settings.limits.max_backlog.to_string()),
        ("requests_per_second", settings.limits.requests_per_second.to_string()),
        ("lease_s", settings.lease.as_secs().to_string()),
        ("amqp", settings.broker.as_ref().map_or_else(none, |broker| broker.link.shown())),
        ("amqp_uploads", uploads.map_or_else(none, |folder| folder.display().to_string())),
        ("second_look", settings.second_look.to_string()),
        ("start_patience_s", settings.start_patience.as_secs().to_string()),
        ("watch", settings.watch.map_or_else(none, |address| address.to_string())),
        ("webhooks", webhooks),
    ];
    for (name, value) in rows {
        println!("{name:20} {value}");
    }
    Ok(EXIT_OK)
}
