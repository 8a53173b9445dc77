//! The service as its callers see it: the real binary, real HTTP.

mod api;
mod applicant;
mod blobs;
mod broker;
mod console;
mod database;
mod end_to_end;
mod kill;
mod openapi;
mod pictures;
mod process;
#[cfg(feature = "otel")]
mod traces;
mod webhooks;
