//! `vouch reader`: the hidden subcommand that a worker starts.

use crate::{
    inference::ModelCatalogue,
    reader::{self, Guard, ReaderSettings},
};

use super::{EXIT_OK, stub::StubArgs};

#[derive(clap::Args)]
pub struct Args {
    /// Address space that it may use, bytes
    #[arg(long, default_value_t = Guard::DEFAULT_MEMORY_BYTES)]
    memory_bytes: u64,
    /// Misbehave when asked to: for tests of the sandbox
    #[arg(long)]
    drill: bool,
    #[command(flatten)]
    stub: StubArgs,
}

pub fn run(args: &Args, catalogue: &ModelCatalogue) -> anyhow::Result<u8> {
    let guard = Guard { memory_bytes: args.memory_bytes };
    reader::run(catalogue, &ReaderSettings { guard, drill: args.drill, stub: args.stub.settings() })?;
    Ok(EXIT_OK)
}
