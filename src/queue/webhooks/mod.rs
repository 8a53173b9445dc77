//! Events to HTTP endpoints of the settings, signed as the Standard Webhooks specification says. Each endpoint
//! is told one event after the other in the order of their numbers, at least once, until it answers with a
//! status of 200 to 299 or the event is given up. The rows (`store`, webhooks) are the truth.

mod carrier;
mod endpoint;
mod meters;
mod signature;

pub use carrier::{Carrier, WebhookError};
pub use endpoint::Endpoint;
pub use meters::WebhookMeters;
pub use signature::{Secrets, SecretsError};
