//! The HTTP service: the API, who may use it, and how the process is watched.

mod api;
mod app;
mod applicant;
mod auth;
mod console;
mod extract;
mod follow;
mod health;
mod meters;
mod middleware;
mod patience;
mod pictures;
mod problem;
mod serve;
mod trace;
mod uploads;
mod waiting;
mod watch;

pub use api::openapi;
pub use app::{App, BrokerView, Parts, ServerLimits};
pub use meters::ServerMeters;
pub use serve::{router, serve};
pub use uploads::SharedFolder;
pub use waiting::answer_while;
pub use watch::watch;
