//! `vouch keys`: rotation of the master key. The service is to be stopped meanwhile: a running one does not know
//! the new key.

use std::{fs, io::Write, os::unix::fs::OpenOptionsExt, path::Path};

use anyhow::{Context, bail};
use zeroize::Zeroizing;

use crate::store::vault::Keyring;

use super::{
    EXIT_OK, service,
    settings::{KEY_VARIABLE, RawSettings},
};

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    settings: RawSettings,
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Put a new key in front of the key file and seal everything under it
    Rotate,
    /// Seal under the first key what is sealed under others; go on after an interrupted rotation
    Reseal,
}

pub fn run(args: &Args) -> anyhow::Result<u8> {
    if matches!(args.command, Command::Rotate) {
        if std::env::var_os(KEY_VARIABLE).is_some() {
            bail!(
                "the keys come from {KEY_VARIABLE}: put a new one in front there and run vouch keys reseal"
            );
        }
        prepend(&args.settings.clone().resolve()?.master_key_file)?;
    }
    let resealed = service::with_store(&args.settings, async |store| Ok(store.reseal().await?))?;
    println!(
        "{resealed} values sealed anew; the older keys may go from the key file once no backup needs them"
    );
    Ok(EXIT_OK)
}

/// Puts a new key in front: the new file takes the old one's place in one step.
fn prepend(path: &Path) -> anyhow::Result<()> {
    let old =
        Zeroizing::new(fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?);
    Keyring::parse(&old).with_context(|| format!("reading {}", path.display()))?;
    let beside = path.with_extension("new");
    let write = || -> anyhow::Result<()> {
        let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
        file.write_all(Keyring::new_line()?.as_bytes())?;
        file.write_all(b"\n")?;
        file.write_all(old.as_bytes())?;
        Ok(file.sync_all()?)
    };
    write().with_context(|| format!("writing {}", beside.display()))?;
    fs::rename(&beside, path).with_context(|| format!("replacing {}", path.display()))
}
