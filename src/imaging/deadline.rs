//! Running a decoder that may hang or panic.

use std::{
    sync::mpsc::{RecvTimeoutError, sync_channel},
    thread,
    time::{Duration, Instant},
};

use super::error::IntakeError;

/// Virtual memory for the worker's stack, of which only what is touched is used. PDF interpreters
/// recurse through nested forms; overflowing a stack aborts the process and cannot be caught.
const WORKER_STACK_BYTES: usize = 64 << 20;

/// The moment by which an upload must have been read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline {
    started: Instant,
    max_time: Duration,
}

impl Deadline {
    pub(super) fn starting_now(max_time: Duration) -> Self {
        Self { started: Instant::now(), max_time }
    }

    /// To be called between steps.
    ///
    /// # Errors
    /// [`IntakeError::Timeout`] once the time is up.
    pub(super) fn check(&self) -> Result<(), IntakeError> {
        if self.started.elapsed() >= self.max_time { Err(self.timeout()) } else { Ok(()) }
    }

    fn timeout(&self) -> IntakeError {
        IntakeError::Timeout { max_time_ms: self.max_time.as_millis() as u64 }
    }
}

/// Runs `job` on a thread of its own and waits for it until the deadline.
///
/// A thread, because none of the decoders can be interrupted: one that hangs is left behind and the
/// upload gets its finding in time. What it still holds is freed when it ends; the sandboxed reader
/// process, which is replaced after a timeout, bounds that. A panic in third-party code ends only the
/// thread and is reported as damage, since only bytes that no encoder writes get there.
///
/// # Errors
/// Those of `job`; [`IntakeError::Timeout`]; [`IntakeError::Corrupt`] after a panic;
/// [`IntakeError::NoWorker`].
pub(super) fn run_until<T: Send + 'static>(
    deadline: Deadline,
    job: impl FnOnce() -> Result<T, IntakeError> + Send + 'static,
) -> Result<T, IntakeError> {
    let (sender, receiver) = sync_channel(1);
    let worker = thread::Builder::new()
        .name("intake".into())
        .stack_size(WORKER_STACK_BYTES)
        .spawn(move || {
            // The receiver is gone only after a timeout: then nobody wants the result any more.
            let _ = sender.send(job());
        })
        .map_err(|_| IntakeError::NoWorker)?;
    match receiver.recv_timeout(deadline.max_time.saturating_sub(deadline.started.elapsed())) {
        Ok(result) => {
            // Joined so that the thread's memory is back before the next file; it has nothing left to do.
            let _ = worker.join();
            result
        }
        Err(RecvTimeoutError::Timeout) => Err(deadline.timeout()),
        // The worker unwound: at the deadline by itself, before it by a panic.
        Err(RecvTimeoutError::Disconnected) => {
            deadline.check()?;
            Err(IntakeError::corrupt("the decoder panicked"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deadline(ms: u64) -> Deadline {
        Deadline::starting_now(Duration::from_millis(ms))
    }

    #[test]
    fn a_panic_is_damage() {
        let result = run_until(deadline(10_000), || -> Result<(), _> { panic!("index out of bounds") });
        assert!(matches!(result, Err(IntakeError::Corrupt { .. })));
    }

    #[test]
    fn a_hung_decoder_is_left_behind() {
        let (release, hang) = std::sync::mpsc::channel::<()>();
        let result = run_until(deadline(20), move || {
            let _ = hang.recv();
            Ok(())
        });
        drop(release);
        assert_eq!(result, Err(IntakeError::Timeout { max_time_ms: 20 }));
    }

    #[test]
    fn results_come_back() {
        assert_eq!(run_until(deadline(10_000), || Ok(7)), Ok(7));
    }
}
