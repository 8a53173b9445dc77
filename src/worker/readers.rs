//! The pool of warm readers of this process.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use thiserror::Error;
use tracing::Instrument;

use super::{
    meters::WorkerMeters,
    reader_process::{ReaderCommand, ReaderProcess, Silence},
    turnstile::{Turnstile, Urgency},
};
use crate::{
    domain::DocumentReport,
    imaging::Pictures,
    queue::Backoff,
    reader::{ReadRequest, Ready, Reply},
};

/// How readers are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReaderPoolSettings {
    /// Readers at once. Each has one thread: as many as there are cores is the most that helps.
    pub readers: usize,
    /// For one document, from handing it over to the report. The pipeline gives up by itself before that
    /// (`Limits::max_time_ms`) and says why; this is for readers that hang.
    pub document_timeout: Duration,
    /// For opening the models.
    pub start_timeout: Duration,
    /// Documents after which a reader is replaced, so that what libraries leak does not add up.
    pub documents_per_reader: u32,
    /// Between starts of readers that end before they are ready.
    pub restart: Backoff,
}

impl Default for ReaderPoolSettings {
    fn default() -> Self {
        Self {
            readers: std::thread::available_parallelism().map_or(1, usize::from),
            document_timeout: Duration::from_mins(1),
            start_timeout: Duration::from_mins(1),
            documents_per_reader: 500,
            restart: Backoff { first: Duration::from_millis(200), longest: Duration::from_secs(30) },
        }
    }
}

/// Why a document was not read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReadError {
    /// The reader hung and was killed.
    #[error("the reader took too long")]
    TimedOut,
    /// The reader died of it.
    #[error("the reader died")]
    Died,
    /// The installation is at fault; a code.
    #[error("the reader failed: {0}")]
    Failed(String),
    /// No reader can be had at the moment.
    #[error("no reader can be started")]
    Unavailable,
}

/// How the pool is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PoolStatus {
    /// What the newest reader said; `None`: none was ever ready.
    pub ready: Option<Ready>,
    /// Starts in a row that failed.
    pub failed_starts: i64,
    /// Requests that wait for a reader with a person before the screen.
    pub waiting: usize,
}

/// Warm readers. Clones share them.
#[derive(Clone)]
pub struct ReaderPool {
    command: Arc<ReaderCommand>,
    settings: ReaderPoolSettings,
    turnstile: Turnstile,
    state: Arc<Mutex<State>>,
    meters: WorkerMeters,
}

#[derive(Default)]
struct State {
    idle: Vec<ReaderProcess>,
    ready: Option<Ready>,
    failed_starts: i64,
    /// No start before.
    not_before: Option<Instant>,
}

impl ReaderPool {
    pub fn new(command: ReaderCommand, settings: ReaderPoolSettings, meters: WorkerMeters) -> Self {
        Self {
            command: Arc::new(command),
            settings,
            turnstile: Turnstile::new(settings.readers.max(1)),
            state: Arc::default(),
            meters,
        }
    }

    /// Starts one reader, so that the first document does not wait for the models and `/readyz` knows what
    /// readers are confined by.
    ///
    /// # Errors
    /// [`ReadError::Unavailable`].
    pub async fn warm(&self) -> Result<(), ReadError> {
        let pass = self.turnstile.enter(Urgency::Now).await;
        let reader = self.reader().await?;
        self.state().idle.push(reader);
        drop(pass);
        Ok(())
    }

    /// Has a document read, without pictures.
    ///
    /// # Errors
    /// When there is no report; see [`ReadError`].
    pub async fn read(
        &self,
        urgency: Urgency,
        request: &ReadRequest,
        bytes: &[u8],
    ) -> Result<DocumentReport, ReadError> {
        Ok(self.read_pictured(urgency, request, bytes).await?.0)
    }

    /// Has a document read; the pictures are those that the request asks for.
    ///
    /// # Errors
    /// When there is no report; see [`ReadError`].
    pub async fn read_pictured(
        &self,
        urgency: Urgency,
        request: &ReadRequest,
        bytes: &[u8],
    ) -> Result<(DocumentReport, Pictures), ReadError> {
        let _pass = self.turnstile.enter(urgency).instrument(tracing::info_span!("wait for a reader")).await;
        let mut reader = self.reader().await?;
        let start = Instant::now();
        let asked = reader.ask(request, bytes, self.settings.document_timeout);
        let reply = asked.instrument(tracing::info_span!("read", otel.kind = "client")).await;
        match reply {
            Ok((Reply::Report(report) | Reply::Pictured(report, ..), pictures)) => {
                self.meters.read(start.elapsed());
                self.put_back(reader);
                Ok((*report, pictures))
            }
            Ok((Reply::Failed(code), _)) => {
                self.put_back(reader);
                Err(ReadError::Failed(code))
            }
            Ok((Reply::Ready(_), _)) => {
                self.meters.restarted("protocol");
                Err(ReadError::Died)
            }
            Err(Silence::TimedOut) => {
                self.meters.restarted("timeout");
                tracing::warn!("a reader took too long and was killed");
                Err(ReadError::TimedOut)
            }
            Err(silence) => {
                self.meters.restarted("died");
                tracing::warn!(%silence, "a reader died");
                Err(ReadError::Died)
            }
        }
    }

    pub fn status(&self) -> PoolStatus {
        let state = self.state();
        PoolStatus {
            ready: state.ready.clone(),
            failed_starts: state.failed_starts,
            waiting: self.turnstile.waiting(Urgency::Now),
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put_back(&self, reader: ReaderProcess) {
        if reader.documents < self.settings.documents_per_reader {
            self.state().idle.push(reader);
        } else {
            self.meters.restarted("age");
        }
    }

    /// An idle reader or a new one. While starts fail, most callers are told at once: trying for each
    /// document would keep the machine busy with nothing.
    async fn reader(&self) -> Result<ReaderProcess, ReadError> {
        {
            let mut state = self.state();
            if let Some(idle) = state.idle.pop() {
                return Ok(idle);
            }
            if state.not_before.is_some_and(|at| Instant::now() < at) {
                return Err(ReadError::Unavailable);
            }
        }
        match ReaderProcess::start(&self.command, self.settings.start_timeout).await {
            Ok(reader) => {
                let mut state = self.state();
                state.ready = Some(reader.ready.clone());
                (state.failed_starts, state.not_before) = (0, None);
                Ok(reader)
            }
            Err(silence) => {
                let mut state = self.state();
                state.failed_starts += 1;
                let wait = self.settings.restart.ceiling(state.failed_starts);
                state.not_before = Some(Instant::now() + wait);
                tracing::error!(%silence, failed_starts = state.failed_starts, "no reader");
                Err(ReadError::Unavailable)
            }
        }
    }
}
