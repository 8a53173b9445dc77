//! `vouch`: on-premise document intake and OCR for vocational-certificate applications.
//!
//! See ARCHITECTURE.md for the map. Rooms lower in this list never import higher ones:
//! `domain` ← `inference` ← `imaging` ← `ocr` ← `portrait` ← `documents` ← `forms` ← `forensics` ← `rules` ←
//! `pipeline` ← `reader` ← `store` ← `queue` ← `worker` ← `server` ← `cli`.
#![forbid(unsafe_code)]

pub mod barcode;
pub mod cli;
pub mod documents;
pub mod domain;
pub mod forensics;
pub mod forms;
pub mod imaging;
pub mod inference;
pub mod ocr;
pub mod pipeline;
pub mod portrait;
pub mod queue;
pub mod reader;
pub mod rules;
pub mod server;
pub mod store;
pub mod worker;
