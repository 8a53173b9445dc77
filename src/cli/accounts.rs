//! `vouch accounts`: people who use the console.

use crate::{
    store::{Role, Store},
    worker::now,
};

use super::{EXIT_OK, service, settings::RawSettings, table};

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    settings: RawSettings,
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Make an account, or let its holder set a new password; prints a one-time path, valid for three days
    Add {
        /// The name to log in with
        name: String,
        /// reviewer, lead or operator
        #[arg(long, default_value = "reviewer", value_parser = role)]
        role: Role,
    },
    /// All accounts
    List,
}

fn role(text: &str) -> Result<Role, String> {
    text.parse().map_err(|()| "the roles are reviewer, lead and operator".to_owned())
}

pub fn run(args: &Args) -> anyhow::Result<u8> {
    service::with_store(&args.settings, async |store| act(&args.command, store).await)?;
    Ok(EXIT_OK)
}

async fn act(command: &Command, store: &Store) -> anyhow::Result<()> {
    match command {
        Command::Add { name, role } => {
            let secret = store.invite(name.trim(), *role, service::ACTOR, now()).await?;
            println!("/console/setup/{}", *secret);
        }
        Command::List => {
            let rows = store.accounts().await?;
            let row = |account: &crate::store::AccountRow| {
                let state = if account.is_set_up { "in use" } else { "invited" };
                vec![account.id.clone(), account.name.clone(), account.role.as_str().into(), state.into()]
            };
            println!("{}", table::plain(&["account", "name", "role", "state"], rows.iter().map(row)));
        }
    }
    Ok(())
}
