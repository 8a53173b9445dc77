//! What is to be carried to a broker: jobs that are due and have no message on its way, and events in their
//! order. The rows stay the truth; what is written here only says what was handed over and when.

use super::{
    Store, StoreError,
    rows::{Columns, named},
};

named! {
    /// Queues of a broker that jobs travel by.
    Lane {
        /// Somebody waits: applicants at the screen, and applications that only have to be judged.
        Urgent = "urgent",
        /// Bulk imports.
        Bulk = "bulk",
    }
}

impl Lane {
    /// Its share of the jobs; 100 is [`super::Priority::Applicant`]'s number.
    const fn condition(self) -> &'static str {
        match self {
            Self::Urgent => "priority >= 100",
            Self::Bulk => "priority < 100",
        }
    }
}

/// Which jobs are to be handed over, and when it is (milliseconds since 1970).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handover {
    /// Messages of a lane that may be on their way at once.
    pub window: u32,
    /// A message that was handed over before this counts as lost.
    pub lost_before: i64,
    pub now: i64,
}

/// What is still to be carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RelayBacklog {
    /// Jobs that are due and have no message on its way.
    pub jobs: i64,
    /// Events after the last one that arrived.
    pub events: i64,
}

impl Store {
    /// Marks the most urgent due jobs of a lane as handed over; their identifiers, the most urgent first.
    /// No two callers get the same.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hand_over(&self, lane: Lane, how: &Handover) -> Result<Vec<String>, StoreError> {
        let (share, skip) = (lane.condition(), self.skip_locked());
        let mut tx = self.begin().await?;
        let statement =
            format!("SELECT COUNT(*) FROM jobs WHERE published_at > $1 AND due_at IS NOT NULL AND {share}");
        let on_the_way: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(statement))
            .bind(how.lost_before)
            .fetch_one(&mut *tx.inner)
            .await?;
        let room = i64::from(how.window) - on_the_way;
        if room <= 0 {
            return Ok(Vec::new());
        }
        let statement = format!(
            "WITH due AS MATERIALIZED (SELECT id FROM jobs WHERE due_at <= $1 AND {share} \
             AND (published_at IS NULL OR published_at <= $2) ORDER BY priority DESC, due_at LIMIT $3{skip}) \
             UPDATE jobs SET published_at = $1 WHERE id IN (SELECT id FROM due) RETURNING id, priority, due_at"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(how.now)
            .bind(how.lost_before)
            .bind(room)
            .fetch_all(&mut *tx.inner)
            .await?;
        tx.commit().await?;
        let mut jobs = Vec::with_capacity(rows.len());
        for row in &rows {
            jobs.push((-row.number("priority")?, row.number("due_at")?, row.text("id")?));
        }
        jobs.sort_unstable();
        Ok(jobs.into_iter().map(|(_, _, id)| id).collect())
    }

    /// Takes the mark off jobs whose messages were not taken.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_back(&self, jobs: &[String]) -> Result<(), StoreError> {
        let places: Vec<String> = (1..=jobs.len()).map(|place| format!("${place}")).collect();
        let statement = format!("UPDATE jobs SET published_at = NULL WHERE id IN ({})", places.join(", "));
        let mut tx = self.begin().await?;
        let mut query = sqlx::query(sqlx::AssertSqlSafe(statement));
        for job in jobs {
            query = query.bind(job);
        }
        query.execute(&mut *tx.inner).await?;
        tx.commit().await
    }

    /// Takes the mark off every job that waits: the broker has lost what it was told, or never got it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_handovers(&self) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let statement = "UPDATE jobs SET published_at = NULL WHERE published_at IS NOT NULL";
        let done = sqlx::query(statement).execute(&mut *tx.inner).await?;
        tx.commit().await?;
        Ok(done.rows_affected())
    }

    /// Takes or keeps the right to carry events on until `until`; the number of the last one that arrived.
    /// `None`: another process has it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hold_relay(
        &self,
        name: &str,
        owner: &str,
        now: i64,
        until: i64,
    ) -> Result<Option<i64>, StoreError> {
        let mut tx = self.begin().await?;
        let statement = "UPDATE relays SET owner = $2, held_until = $4 \
             WHERE name = $1 AND (owner = $2 OR held_until <= $3) RETURNING position";
        let position = sqlx::query_scalar(statement)
            .bind(name)
            .bind(owner)
            .bind(now)
            .bind(until)
            .fetch_optional(&mut *tx.inner)
            .await?;
        tx.commit().await?;
        Ok(position)
    }

    /// Notes that all events up to `position` arrived.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] when another process carries them now.
    pub async fn advance_relay(&self, name: &str, owner: &str, position: i64) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let statement = "UPDATE relays SET position = $3 WHERE name = $1 AND owner = $2";
        let done =
            sqlx::query(statement).bind(name).bind(owner).bind(position).execute(&mut *tx.inner).await?;
        if done.rows_affected() == 0 {
            return Err(StoreError::Fenced);
        }
        tx.commit().await
    }

    /// How much is still to be carried.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn relay_backlog(&self, now: i64) -> Result<RelayBacklog, StoreError> {
        let statement = "SELECT COUNT(*) FROM jobs WHERE due_at <= $1 AND published_at IS NULL";
        let jobs = sqlx::query_scalar(statement).bind(now).fetch_one(self.reader()).await?;
        let statement = "SELECT position FROM relays WHERE name = 'events'";
        let position: i64 = sqlx::query_scalar(statement).fetch_one(self.reader()).await?;
        Ok(RelayBacklog { jobs, events: self.newest_event().await? - position })
    }
}
