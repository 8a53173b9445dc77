//! What leads count: decisions with what the machine had said, filings, findings. Only rows that are not sealed are read,
//! but for the reasons of an export.

use sqlx::any::AnyRow;

use super::{ApplicationStatus, Store, StoreError, decisions::reasons_place, rows::Columns};

/// A stretch of time, milliseconds since 1970: the first is in it, the last is not.
pub type Span = std::ops::Range<i64>;

/// A decision, what it was about and what came before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionNumbers {
    pub id: String,
    pub application_id: String,
    pub plan: String,
    /// When it was filed or, after a return, sent in again: since then it waited.
    pub waiting_since: i64,
    pub decided_at: i64,
    pub verdict: ApplicationStatus,
    /// Name of the account, or the identifier of the token.
    pub decided_by: String,
    /// Outcome of the machine's report about what was decided on; `None`: there was none.
    pub machine: Option<String>,
}

/// How often a code was raised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingNumbers {
    pub code: String,
    pub severity: String,
    /// Documents with it.
    pub documents: i64,
}

/// Decisions with what they were about. The outcome is that of the revision that was decided on.
const DECISIONS: &str = "SELECT d.id, d.application_id, a.plan, d.created_at, d.verdict, d.reasons_sealed, r.outcome, \
     COALESCE(c.name, d.decided_by) AS decided_by, COALESCE((SELECT MAX(e.created_at) FROM events e \
     WHERE e.application_id = d.application_id AND e.kind = 'application.resubmitted' \
     AND e.created_at <= d.created_at), a.created_at) AS waiting_since \
     FROM decisions d JOIN applications a ON a.id = d.application_id \
     LEFT JOIN accounts c ON c.id = d.decided_by \
     LEFT JOIN application_reports r ON r.application_id = d.application_id AND r.revision = d.revision \
     WHERE d.created_at >= $1 AND d.created_at < $2 ORDER BY d.created_at, d.id";

fn decision_of(row: &AnyRow) -> Result<DecisionNumbers, StoreError> {
    Ok(DecisionNumbers {
        id: row.text("id")?,
        application_id: row.text("application_id")?,
        plan: row.text("plan")?,
        waiting_since: row.number("waiting_since")?,
        decided_at: row.number("created_at")?,
        verdict: row.parsed("verdict")?,
        decided_by: row.text("decided_by")?,
        machine: row.maybe_text("outcome")?,
    })
}

impl Store {
    /// Decisions of a stretch of time, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn decision_numbers(&self, span: &Span) -> Result<Vec<DecisionNumbers>, StoreError> {
        let query = sqlx::query(DECISIONS).bind(span.start).bind(span.end);
        query.fetch_all(self.reader()).await?.iter().map(decision_of).collect()
    }

    /// The same with the reasons that were given, for an export, which is audited.
    ///
    /// # Errors
    /// When the database fails or a value does not open.
    pub async fn export_decisions(
        &self,
        span: &Span,
        actor: &str,
        now: i64,
    ) -> Result<Vec<(DecisionNumbers, Vec<String>)>, StoreError> {
        let rows = sqlx::query(DECISIONS).bind(span.start).bind(span.end).fetch_all(self.reader()).await?;
        let with_reasons = |row: &AnyRow| {
            let decision = decision_of(row)?;
            let reasons = self.unseal(&reasons_place(&decision.id), &row.text("reasons_sealed")?)?;
            let reasons = serde_json::from_str(&reasons);
            Ok((decision, reasons.map_err(|_| StoreError::Malformed { what: "reasons" })?))
        };
        let exported = rows.iter().map(with_reasons).collect::<Result<Vec<_>, StoreError>>()?;
        let detail = serde_json::json!({ "decisions": exported.len(), "from": span.start, "to": span.end });
        self.note(actor, "decisions.exported", "decisions", &detail.to_string(), now).await?;
        Ok(exported)
    }

    /// When applications were filed, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn filed_at(&self, span: &Span) -> Result<Vec<i64>, StoreError> {
        let statement = "SELECT created_at FROM applications WHERE created_at >= $1 AND created_at < $2 \
             ORDER BY created_at";
        let query = sqlx::query_scalar(statement).bind(span.start).bind(span.end);
        Ok(query.fetch_all(self.reader()).await?)
    }

    /// How many applications wait for a decision.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn undecided(&self) -> Result<i64, StoreError> {
        let statement = "SELECT COUNT(*) FROM applications WHERE status = 'reviewing'";
        Ok(sqlx::query_scalar(statement).fetch_one(self.reader()).await?)
    }

    /// What was found on documents of a stretch of time, the most frequent first, and how many were read.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn finding_numbers(&self, span: &Span) -> Result<(Vec<FindingNumbers>, i64), StoreError> {
        let statement = "SELECT COUNT(*) FROM documents WHERE state = 'read' AND created_at >= $1 \
             AND created_at < $2";
        let read = sqlx::query_scalar(statement).bind(span.start).bind(span.end);
        let read = read.fetch_one(self.reader()).await?;
        // Finding by finding: the worst severity that a code has is told apart by the row.
        let statement = "SELECT f.code, f.severity, COUNT(DISTINCT f.document_id) AS documents FROM findings f \
             JOIN documents d ON d.id = f.document_id WHERE d.created_at >= $1 AND d.created_at < $2 \
             AND f.severity <> 'info' GROUP BY f.code, f.severity ORDER BY documents DESC, f.code, f.severity";
        let rows = sqlx::query(statement).bind(span.start).bind(span.end).fetch_all(self.reader()).await?;
        let found = |row: &AnyRow| {
            Ok(FindingNumbers {
                code: row.text("code")?,
                severity: row.text("severity")?,
                documents: row.number("documents")?,
            })
        };
        Ok((rows.iter().map(found).collect::<Result<_, StoreError>>()?, read))
    }
}
