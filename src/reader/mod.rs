//! The reader process: where untrusted bytes are opened (DESIGN.md, decision 8).
//!
//! `vouch reader` is started by a worker and kept warm. It confines itself ([`sandbox`]) before it opens
//! anything, then answers requests on its standard input with reports on its standard output, as frames
//! ([`frame`]). A crash, a hang or a bomb costs this process and nothing else. Everything here is
//! synchronous; who starts, times and ends readers is `worker::readers`.

mod child;
mod drill;
pub mod frame;
mod protocol;
mod sandbox;
mod stub;

pub use child::{ReaderSettings, run};
pub use drill::Drill;
pub use protocol::{LayerSize, PictureSize, ReadRequest, Ready, Reply};
pub use sandbox::{Confinement, Guard};
pub use stub::StubSettings;
