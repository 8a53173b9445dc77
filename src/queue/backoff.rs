//! How long to wait before trying again.

use std::time::Duration;

/// Exponential backoff with full jitter: the n-th wait is drawn evenly from zero to `first · 2ⁿ`, at most
/// `longest`. Drawn, so that a thousand jobs that failed together do not come back together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    pub first: Duration,
    pub longest: Duration,
}

impl Backoff {
    /// The longest wait after that many failures (from 1).
    pub fn ceiling(self, failures: i64) -> Duration {
        let doublings = u32::try_from(failures.clamp(1, 32) - 1).unwrap_or_default();
        let factor = 1_u32.checked_shl(doublings).unwrap_or(u32::MAX);
        self.first.saturating_mul(factor).min(self.longest)
    }

    /// A wait after that many failures, in milliseconds.
    pub fn draw_ms(self, failures: i64) -> i64 {
        let ceiling = u64::try_from(self.ceiling(failures).as_millis()).unwrap_or(u64::MAX).max(1);
        // Without randomness the full wait is as good.
        let drawn = getrandom::u64().map_or(ceiling, |random| random % ceiling + 1);
        i64::try_from(drawn).unwrap_or(i64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BACKOFF: Backoff = Backoff { first: Duration::from_millis(100), longest: Duration::from_secs(10) };

    #[test]
    fn waits_double_up_to_the_longest() {
        let ceilings: Vec<u128> = [1, 2, 3, 8, 100].map(|n| BACKOFF.ceiling(n).as_millis()).to_vec();
        assert_eq!(ceilings, [100, 200, 400, 10_000, 10_000]);
    }

    #[test]
    fn waits_differ_and_stay_within_the_ceiling() {
        let drawn: std::collections::BTreeSet<i64> = (0..50).map(|_| BACKOFF.draw_ms(8)).collect();
        assert!(drawn.len() > 10, "{drawn:?}");
        assert!(drawn.iter().all(|ms| (1..=10_000).contains(ms)));
    }
}
