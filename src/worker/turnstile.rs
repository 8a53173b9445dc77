//! Readers are few: who waits for one goes through here, applicants at the screen first.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::oneshot;

/// Who waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// A person waits for the answer of this very request.
    Now,
    /// A job of the queue.
    Queued,
}

/// Lets a number of holders through at once.
#[derive(Clone)]
pub(super) struct Turnstile(Arc<Mutex<State>>);

struct State {
    free: usize,
    now: VecDeque<oneshot::Sender<Pass>>,
    queued: VecDeque<oneshot::Sender<Pass>>,
}

/// The right to use one reader, until it is dropped.
pub(super) struct Pass(Option<Turnstile>);

impl Turnstile {
    pub(super) fn new(holders: usize) -> Self {
        Self(Arc::new(Mutex::new(State { free: holders, now: VecDeque::new(), queued: VecDeque::new() })))
    }

    /// Waits for a pass.
    pub(super) async fn enter(&self, urgency: Urgency) -> Pass {
        let receiver = {
            let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if state.free > 0 {
                state.free -= 1;
                return Pass(Some(self.clone()));
            }
            let (sender, receiver) = oneshot::channel();
            match urgency {
                Urgency::Now => state.now.push_back(sender),
                Urgency::Queued => state.queued.push_back(sender),
            }
            receiver
        };
        // Senders leave the queues only with a pass in hand, so the other arm is never taken.
        match receiver.await {
            Ok(pass) => pass,
            Err(_) => Pass(Some(self.clone())),
        }
    }

    /// How many wait of that urgency.
    pub(super) fn waiting(&self, urgency: Urgency) -> usize {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match urgency {
            Urgency::Now => state.now.len(),
            Urgency::Queued => state.queued.len(),
        }
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        let Some(turnstile) = self.0.take() else { return };
        loop {
            let next = {
                let mut state = turnstile.0.lock().unwrap_or_else(PoisonError::into_inner);
                let next = state.now.pop_front().or_else(|| state.queued.pop_front());
                if next.is_none() {
                    state.free += 1;
                }
                next
            };
            let Some(next) = next else { return };
            match next.send(Pass(Some(turnstile.clone()))) {
                Ok(()) => return,
                // That one gave up waiting: the pass that comes back must not hand itself on as well.
                Err(mut pass) => pass.0 = None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_waits_at_the_screen_goes_first() {
        let turnstile = Turnstile::new(1);
        let first = turnstile.enter(Urgency::Queued).await;
        let (order, mut came) = tokio::sync::mpsc::unbounded_channel();
        let mut waiting = Vec::new();
        for (name, urgency) in [("job", Urgency::Queued), ("person", Urgency::Now)] {
            let (turnstile_, order) = (turnstile.clone(), order.clone());
            waiting.push(tokio::spawn(async move {
                let _pass = turnstile_.enter(urgency).await;
                order.send(name).unwrap();
            }));
            while turnstile.waiting(Urgency::Now) + turnstile.waiting(Urgency::Queued) < waiting.len() {
                tokio::task::yield_now().await;
            }
        }
        drop(first);
        assert_eq!(came.recv().await, Some("person"));
        assert_eq!(came.recv().await, Some("job"));
    }

    #[tokio::test]
    async fn one_who_gave_up_keeps_no_pass() {
        let turnstile = Turnstile::new(1);
        let first = turnstile.enter(Urgency::Now).await;
        let mut gave_up = Box::pin(turnstile.enter(Urgency::Now));
        assert!(futures_util::poll!(&mut gave_up).is_pending());
        drop(gave_up);
        drop(first);
        // Would wait for ever had the pass been lost.
        let pass = turnstile.enter(Urgency::Queued).await;
        assert_eq!(turnstile.waiting(Urgency::Now), 0);
        drop(pass);
        let _ = turnstile.enter(Urgency::Now).await;
    }
}
