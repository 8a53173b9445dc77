//! `vouch tokens`: API tokens, made and ended on the machine itself.

use crate::{
    store::{Scope, Store, TokenRow},
    worker::now,
};

use super::{EXIT_OK, service, settings::RawSettings, table};

const DAY_MS: i64 = 86_400_000;

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    settings: RawSettings,
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Make a token and print it, this once
    Create {
        /// What it is for
        name: String,
        /// portal, reviewer or operator; may be given several times
        #[arg(long, required = true, value_parser = scope)]
        scope: Vec<Scope>,
        /// Days until it ends [default: it does not]
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=3650))]
        days: Option<u32>,
    },
    /// All tokens, without their secrets
    List,
    /// End a token
    Revoke { token: String },
}

fn scope(text: &str) -> Result<Scope, String> {
    text.parse().map_err(|()| "the scopes are portal, reviewer and operator".to_owned())
}

pub fn run(args: &Args) -> anyhow::Result<u8> {
    service::with_store(&args.settings, async |store| act(&args.command, store).await)?;
    Ok(EXIT_OK)
}

async fn act(command: &Command, store: &Store) -> anyhow::Result<()> {
    match command {
        Command::Create { name, scope, days } => {
            let expires_at = days.map(|days| now() + i64::from(days) * DAY_MS);
            println!("{}", *store.create_token(name, scope, expires_at, service::ACTOR, now()).await?.text);
        }
        Command::List => {
            let rows = store.tokens().await?;
            println!("{}", table::plain(&["token", "name", "scopes", "state"], rows.iter().map(row)));
        }
        Command::Revoke { token } => store.revoke_token(token, service::ACTOR, now()).await?,
    }
    Ok(())
}

fn row(token: &TokenRow) -> Vec<String> {
    let scopes: Vec<&str> = token.scopes.iter().map(|scope| scope.as_str()).collect();
    let state = match (token.revoked_at, token.expires_at) {
        (Some(_), _) => "revoked",
        (None, Some(end)) if end <= now() => "expired",
        _ => "valid",
    };
    vec![token.id.clone(), token.name.clone(), scopes.join(" "), state.to_owned()]
}
