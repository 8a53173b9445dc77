//! The one clock of the service.

use jiff::Timestamp;

/// Milliseconds since 1970 (UTC).
pub fn now() -> i64 {
    Timestamp::now().as_millisecond()
}
