//! One integration binary: one link, shared fixtures.

mod assess;
mod broker;
mod cli;
mod deploy;
mod hostile;
mod intake;
mod layering;
mod queue;
mod report;
mod samples;
mod sandbox;
mod schema;
mod service;
mod store;
mod vouch;
mod webhooks;
