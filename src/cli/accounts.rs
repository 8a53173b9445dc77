//! `vouch accounts`: people who use the console.

use anyhow::Context;

use crate::{
    store::{AccountRow, AccountState, Role, Store, account_name},
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
    /// Give an account another role
    Role {
        name: String,
        /// reviewer, lead or operator
        #[arg(value_parser = role)]
        role: Role,
    },
    /// Let somebody who was locked out by wrong passwords try again at once
    Unlock { name: String },
    /// End an account and all its sessions; `add` opens it again
    End { name: String },
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
            let name = account_name(name).context("a name has 1 to 64 characters on one line")?;
            let secret = store.invite(name, *role, service::ACTOR, now()).await?;
            println!("/console/setup/{}", *secret);
        }
        Command::Role { name, role } => {
            store.set_role(&id_of(store, name).await?, *role, service::ACTOR, now()).await?;
        }
        Command::Unlock { name } => {
            store.unlock_account(&id_of(store, name).await?, service::ACTOR, now()).await?;
        }
        Command::End { name } => {
            store.end_account(&id_of(store, name).await?, service::ACTOR, now()).await?;
        }
        Command::List => {
            let rows = store.accounts().await?;
            let row = |account: &AccountRow| {
                let state = state_text(account.state(now()));
                vec![account.id.clone(), account.name.clone(), account.role.as_str().into(), state.into()]
            };
            println!("{}", table::plain(&["account", "name", "role", "state"], rows.iter().map(row)));
        }
    }
    Ok(())
}

async fn id_of(store: &Store, name: &str) -> anyhow::Result<String> {
    let found = store.accounts().await?.into_iter().find(|account| account.name == name.trim());
    Ok(found.context("there is no account of this name; `vouch accounts list` shows all")?.id)
}

const fn state_text(state: AccountState) -> &'static str {
    match state {
        AccountState::Invited => "invited",
        AccountState::InUse => "in use",
        AccountState::Locked => "locked",
        AccountState::Ended => "ended",
    }
}
