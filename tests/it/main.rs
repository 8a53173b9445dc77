//! One integration binary: one link, shared fixtures.

mod hostile;
mod intake;
