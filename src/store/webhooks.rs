//! Deliveries of events to webhook endpoints. Nobody who writes an event needs to know of an endpoint: each
//! has a position in the events, which are numbered without gaps in the order of commits, and whoever carries
//! them on writes the deliveries behind it and moves it in one transaction. None is left out, none is written
//! twice.

use sqlx::any::AnyRow;

use super::{
    Event, EventKind, Store, StoreError,
    pool::Tx,
    rows::{Columns, named},
};

named! {
    DeliveryState {
        /// To be sent, in its turn.
        Queued = "queued",
        /// The endpoint took it.
        Done = "done",
        /// Given up; an operator decides (`vouch webhooks retry`).
        Dead = "dead",
    }
}

/// One event for one endpoint.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Delivery {
    /// Of event and endpoint: the same however often it is sent.
    pub id: String,
    pub endpoint: String,
    pub event_seq: i64,
    pub state: DeliveryState,
    /// How often it was sent in vain.
    pub attempts: i64,
    /// Not before, milliseconds since 1970 as all times.
    pub due_at: i64,
    /// A code.
    pub last_error: Option<String>,
    pub created_at: i64,
    pub closed_at: Option<i64>,
}

/// Where an endpoint stands.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct WebhookRow {
    pub name: String,
    /// Number of the last event that was looked at for it.
    pub position: i64,
    /// Events after that one, of all kinds.
    pub behind: i64,
    /// Deliveries that wait.
    pub queued: i64,
    /// Deliveries that were given up.
    pub dead: i64,
    /// What the first that waits failed of, if it was sent before.
    pub last_error: Option<String>,
}

/// Which deliveries are put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeliveryChoice {
    /// That of this identifier.
    One(String),
    /// All that were given up of this endpoint.
    AllOf(String),
}

/// What is before an endpoint's name among the relays.
const RELAY: &str = "webhook ";

/// Name of the relay of an endpoint, for [`Store::hold_relay`].
pub fn webhook_relay(endpoint: &str) -> String {
    format!("{RELAY}{endpoint}")
}

fn row_of(row: &AnyRow) -> Result<Delivery, StoreError> {
    Ok(Delivery {
        id: row.text("id")?,
        endpoint: row.text("endpoint")?,
        event_seq: row.number("event_seq")?,
        state: row.parsed("state")?,
        attempts: row.number("attempts")?,
        due_at: row.number("due_at")?,
        last_error: row.maybe_text("last_error")?,
        created_at: row.number("created_at")?,
        closed_at: row.maybe_number("closed_at")?,
    })
}

impl Store {
    /// Makes an endpoint known: it is told what happens from now on. One that is known goes on where it is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_webhook(&self, endpoint: &str) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let statement = "INSERT INTO relays (name, position, held_until) \
             SELECT $1, value, 0 FROM counters WHERE name = 'event' ON CONFLICT (name) DO NOTHING";
        sqlx::query(statement).bind(webhook_relay(endpoint)).execute(&mut *tx.inner).await?;
        tx.commit().await
    }

    /// Whether there is something to be done for an endpoint; nothing is locked or written. A delivery that
    /// waits for its time holds up what is behind it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn webhook_is_due(&self, endpoint: &str, now: i64) -> Result<bool, StoreError> {
        let statement = "SELECT due_at FROM webhook_deliveries WHERE endpoint = $1 AND state = 'queued' \
             ORDER BY event_seq LIMIT 1";
        let due: Option<i64> =
            sqlx::query_scalar(statement).bind(endpoint).fetch_optional(self.reader()).await?;
        if let Some(due) = due {
            return Ok(due <= now);
        }
        let statement = "SELECT COUNT(*) FROM relays WHERE name = $1 \
             AND position < (SELECT value FROM counters WHERE name = 'event')";
        let behind: i64 =
            sqlx::query_scalar(statement).bind(webhook_relay(endpoint)).fetch_one(self.reader()).await?;
        Ok(behind > 0)
    }

    /// Writes the deliveries of the next `limit` events for an endpoint that wants `kinds`. False: there was no
    /// next event.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] when `owner` does not hold its relay.
    pub async fn write_deliveries(
        &self,
        endpoint: &str,
        owner: &str,
        kinds: &[EventKind],
        limit: u32,
        now: i64,
    ) -> Result<bool, StoreError> {
        let relay = webhook_relay(endpoint);
        let mut tx = self.begin().await?;
        let statement = "UPDATE relays SET owner = $2 WHERE name = $1 AND owner = $2 RETURNING position";
        let position: Option<i64> =
            sqlx::query_scalar(statement).bind(&relay).bind(owner).fetch_optional(&mut *tx.inner).await?;
        let position = position.ok_or(StoreError::Fenced)?;
        let newest: i64 = sqlx::query_scalar("SELECT value FROM counters WHERE name = 'event'")
            .fetch_one(&mut *tx.inner)
            .await?;
        let last = newest.min(position + i64::from(limit));
        let places: Vec<String> = (5..5 + kinds.len()).map(|place| format!("${place}")).collect();
        let statement = format!(
            "INSERT INTO webhook_deliveries (id, endpoint, event_seq, state, attempts, due_at, created_at) \
             SELECT id || '_' || $1, $1, seq, 'queued', 0, $2, $2 FROM events \
             WHERE seq > $3 AND seq <= $4 AND kind IN ({})",
            places.join(", ")
        );
        let mut query =
            sqlx::query(sqlx::AssertSqlSafe(statement)).bind(endpoint).bind(now).bind(position).bind(last);
        for kind in kinds {
            query = query.bind(kind.as_str());
        }
        query.execute(&mut *tx.inner).await?;
        sqlx::query("UPDATE relays SET position = $2 WHERE name = $1")
            .bind(&relay)
            .bind(last)
            .execute(&mut *tx.inner)
            .await?;
        tx.commit().await?;
        Ok(last > position)
    }

    /// The first delivery of an endpoint that waits, in the order of events, with its event.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_delivery(&self, endpoint: &str) -> Result<Option<(Delivery, Event)>, StoreError> {
        let statement = "SELECT * FROM webhook_deliveries WHERE endpoint = $1 AND state = 'queued' \
             ORDER BY event_seq LIMIT 1";
        let row = sqlx::query(statement).bind(endpoint).fetch_optional(self.reader()).await?;
        let Some(row) = row else { return Ok(None) };
        let delivery = row_of(&row)?;
        let event = self.event(delivery.event_seq).await?;
        Ok(Some((delivery, event)))
    }

    /// Notes that the endpoint took a delivery.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] when another process has noted what became of it.
    pub async fn delivered(&self, delivery: &Delivery, now: i64) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let end = End { state: DeliveryState::Done, error: None, due_at: delivery.due_at };
        tx.settle(delivery, &end, now).await?;
        tx.commit().await
    }

    /// Notes that a delivery was sent in vain; `error` is a code. It is sent again at `due_at`; `None`: it is
    /// given up.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] when another process has noted what became of it.
    pub async fn not_delivered(
        &self,
        delivery: &Delivery,
        error: &str,
        due_at: Option<i64>,
        now: i64,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let state = if due_at.is_some() { DeliveryState::Queued } else { DeliveryState::Dead };
        let end = End { state, error: Some(error), due_at: due_at.unwrap_or(now) };
        tx.settle(delivery, &end, now).await?;
        tx.commit().await
    }

    /// Puts deliveries that were given up back: one, or all of an endpoint. They are first in their endpoint's
    /// line again, by the order of events. How many there were.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when one is wanted that was not given up.
    pub async fn retry_deliveries(
        &self,
        which: &DeliveryChoice,
        actor: &str,
        now: i64,
    ) -> Result<u64, StoreError> {
        let (column, value) = match which {
            DeliveryChoice::One(id) => ("id", id),
            DeliveryChoice::AllOf(endpoint) => ("endpoint", endpoint),
        };
        let statement = format!(
            "UPDATE webhook_deliveries SET state = 'queued', attempts = 0, due_at = $2, closed_at = NULL \
             WHERE {column} = $1 AND state = 'dead'"
        );
        let mut tx = self.begin().await?;
        let done = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(value)
            .bind(now)
            .execute(&mut *tx.inner)
            .await?
            .rows_affected();
        if done == 0 && matches!(which, DeliveryChoice::One(_)) {
            return Err(StoreError::NotFound { what: "dead delivery" });
        }
        tx.audit(actor, "webhook.retried", value, "{}", now).await?;
        tx.commit().await?;
        Ok(done)
    }

    /// Forgets an endpoint with all its deliveries. One that the settings still name is a new one at the next
    /// start.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it is not known.
    pub async fn forget_webhook(&self, endpoint: &str, actor: &str, now: i64) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let done = sqlx::query("DELETE FROM relays WHERE name = $1")
            .bind(webhook_relay(endpoint))
            .execute(&mut *tx.inner)
            .await?;
        if done.rows_affected() == 0 {
            return Err(StoreError::NotFound { what: "endpoint" });
        }
        sqlx::query("DELETE FROM webhook_deliveries WHERE endpoint = $1")
            .bind(endpoint)
            .execute(&mut *tx.inner)
            .await?;
        tx.audit(actor, "webhook.forgotten", endpoint, "{}", now).await?;
        tx.commit().await
    }

    /// Deletes deliveries that were taken before a moment; how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_deliveries(&self, before: i64) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let statement = "DELETE FROM webhook_deliveries WHERE closed_at < $1 AND state = 'done'";
        let done = sqlx::query(statement).bind(before).execute(&mut *tx.inner).await?;
        tx.commit().await?;
        Ok(done.rows_affected())
    }

    /// Deliveries in a state, in the order of events; of one endpoint or of all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn deliveries(
        &self,
        endpoint: Option<&str>,
        state: DeliveryState,
        limit: u32,
    ) -> Result<Vec<Delivery>, StoreError> {
        let statement = "SELECT * FROM webhook_deliveries WHERE state = $1 AND ($2 IS NULL OR endpoint = $2) \
             ORDER BY event_seq, endpoint LIMIT $3";
        let rows = sqlx::query(statement)
            .bind(state.as_str())
            .bind(endpoint)
            .bind(i64::from(limit))
            .fetch_all(self.reader())
            .await?;
        rows.iter().map(row_of).collect()
    }

    /// # Errors
    /// [`StoreError::NotFound`] when there is none.
    pub async fn delivery(&self, id: &str) -> Result<Delivery, StoreError> {
        let statement = "SELECT * FROM webhook_deliveries WHERE id = $1";
        let row = sqlx::query(statement).bind(id).fetch_optional(self.reader()).await?;
        row_of(&row.ok_or(StoreError::NotFound { what: "delivery" })?)
    }

    /// Every endpoint that is known, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn webhooks(&self) -> Result<Vec<WebhookRow>, StoreError> {
        let newest = self.newest_event().await?;
        let statement = "SELECT name, position FROM relays WHERE name LIKE $1 ORDER BY name";
        let relays: Vec<(String, i64)> =
            sqlx::query_as(statement).bind(format!("{RELAY}%")).fetch_all(self.reader()).await?;
        let mut endpoints = Vec::with_capacity(relays.len());
        for (relay, position) in relays {
            let name = relay.strip_prefix(RELAY).unwrap_or_default().to_owned();
            let statement = "SELECT COUNT(CASE WHEN state = 'queued' THEN 1 END) AS queued, \
                 COUNT(CASE WHEN state = 'dead' THEN 1 END) AS dead FROM webhook_deliveries \
                 WHERE endpoint = $1 AND state <> 'done'";
            let counts = sqlx::query(statement).bind(&name).fetch_one(self.reader()).await?;
            let statement = "SELECT last_error FROM webhook_deliveries \
                 WHERE endpoint = $1 AND state = 'queued' ORDER BY event_seq LIMIT 1";
            let first = sqlx::query(statement).bind(&name).fetch_optional(self.reader()).await?;
            endpoints.push(WebhookRow {
                name,
                position,
                behind: newest - position,
                queued: counts.number("queued")?,
                dead: counts.number("dead")?,
                last_error: first.map(|row| row.maybe_text("last_error")).transpose()?.flatten(),
            });
        }
        Ok(endpoints)
    }
}

/// What became of a sending.
struct End<'a> {
    state: DeliveryState,
    error: Option<&'a str>,
    due_at: i64,
}

impl Tx {
    /// Writes what became of a sending, unless somebody did since `delivery` was read.
    async fn settle(&mut self, delivery: &Delivery, end: &End<'_>, now: i64) -> Result<(), StoreError> {
        let statement = "UPDATE webhook_deliveries SET state = $3, last_error = $4, due_at = $5, \
             attempts = attempts + $6, closed_at = $7 WHERE id = $1 AND attempts = $2 AND state = 'queued'";
        let closed_at = (end.state != DeliveryState::Queued).then_some(now);
        let done = sqlx::query(statement)
            .bind(&delivery.id)
            .bind(delivery.attempts)
            .bind(end.state.as_str())
            .bind(end.error)
            .bind(end.due_at)
            .bind(i64::from(end.error.is_some()))
            .bind(closed_at)
            .execute(&mut *self.inner)
            .await?;
        if done.rows_affected() == 1 { Ok(()) } else { Err(StoreError::Fenced) }
    }
}
