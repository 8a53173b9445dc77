//! Why the broker is of no use at the moment.

use thiserror::Error;

use crate::store::StoreError;

/// What goes wrong between the service and its broker. Messages never have the broker's URL: it holds a
/// password.
#[derive(Debug, Error)]
pub enum BrokerError {
    /// Neither amqp:// nor amqps://, or otherwise no URL of a broker.
    #[error("the URL of the broker cannot be understood")]
    Url,
    #[error("the broker took too long")]
    TimedOut,
    /// A message was returned or not confirmed.
    #[error("the broker did not take a message")]
    NotTaken,
    #[error("the connection to the broker is lost")]
    Lost,
    #[error("the broker failed")]
    Broker(#[from] lapin::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
}
