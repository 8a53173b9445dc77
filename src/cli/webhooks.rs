//! `vouch webhooks`: what endpoints were told, what was given up, and what becomes of it.

use crate::{
    store::{Delivery, DeliveryChoice, DeliveryState, Store, WebhookRow},
    worker::now,
};

use super::{EXIT_OK, service, settings::RawSettings, table};

/// Most deliveries of a list.
const LIST: u32 = 1000;

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    settings: RawSettings,
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Endpoints, and where each stands
    Endpoints {
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Deliveries in a state, in the order of events
    List {
        #[arg(long, default_value = "dead", value_parser = state)]
        state: DeliveryState,
        /// Of this endpoint only
        #[arg(long, value_name = "NAME")]
        endpoint: Option<String>,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// One delivery as JSON
    Show { delivery: String },
    /// Send a delivery again that was given up, or all of an endpoint
    Retry {
        #[arg(required_unless_present = "endpoint", conflicts_with = "endpoint")]
        delivery: Option<String>,
        /// All that were given up of this endpoint
        #[arg(long, value_name = "NAME")]
        endpoint: Option<String>,
    },
    /// Forget an endpoint that the settings do not name any more, with all that it was not told
    Forget { endpoint: String },
}

fn state(text: &str) -> Result<DeliveryState, String> {
    let known = || DeliveryState::ALL.iter().map(|state| state.as_str()).collect::<Vec<_>>().join(", ");
    text.parse().map_err(|()| format!("the states are {}", known()))
}

pub fn run(args: &Args) -> anyhow::Result<u8> {
    service::with_store(&args.settings, async |store| act(&args.command, store).await)?;
    Ok(EXIT_OK)
}

async fn act(command: &Command, store: &Store) -> anyhow::Result<()> {
    match command {
        Command::Endpoints { json } => print_endpoints(&store.webhooks().await?, *json)?,
        Command::List { state, endpoint, json } => {
            print_deliveries(&store.deliveries(endpoint.as_deref(), *state, LIST).await?, *json)?;
        }
        Command::Show { delivery } => {
            println!("{}", serde_json::to_string_pretty(&store.delivery(delivery).await?)?);
        }
        Command::Retry { delivery, endpoint } => {
            let one = delivery.clone().map(DeliveryChoice::One);
            let all = endpoint.clone().map(DeliveryChoice::AllOf);
            let Some(which) = one.or(all) else { return Ok(()) };
            println!("{}", store.retry_deliveries(&which, service::ACTOR, now()).await?);
        }
        Command::Forget { endpoint } => store.forget_webhook(endpoint, service::ACTOR, now()).await?,
    }
    Ok(())
}

fn print_endpoints(endpoints: &[WebhookRow], json: bool) -> anyhow::Result<()> {
    if json {
        return print_lines(endpoints);
    }
    let rows = endpoints.iter().map(|row| {
        vec![
            row.name.clone(),
            row.position.to_string(),
            (row.behind + row.queued).to_string(),
            row.dead.to_string(),
            row.last_error.clone().unwrap_or_default(),
        ]
    });
    println!("{}", table::plain(&["endpoint", "position", "waiting", "dead", "error"], rows));
    Ok(())
}

fn print_deliveries(deliveries: &[Delivery], json: bool) -> anyhow::Result<()> {
    if json {
        return print_lines(deliveries);
    }
    let rows = deliveries.iter().map(|row| {
        vec![
            row.id.clone(),
            row.endpoint.clone(),
            row.event_seq.to_string(),
            row.attempts.to_string(),
            row.last_error.clone().unwrap_or_default(),
        ]
    });
    println!("{}", table::plain(&["delivery", "endpoint", "event", "attempts", "error"], rows));
    Ok(())
}

fn print_lines(rows: &[impl serde::Serialize]) -> anyhow::Result<()> {
    for row in rows {
        println!("{}", serde_json::to_string(row)?);
    }
    Ok(())
}
