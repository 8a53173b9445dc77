//! Hidden options of readers that read nothing.

use std::{ffi::OsString, path::PathBuf, time::Duration};

use anyhow::Context;

use crate::reader::StubSettings;

/// For measuring what surrounds readers, and for tests that show stored readings.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct StubArgs {
    /// Readers that read nothing and answer after so many milliseconds
    #[arg(long, hide = true, value_name = "MS")]
    stub_ms: Option<u64>,
    /// With --stub-ms: what they answer, out of a file of reports as `vouch check --json` prints them
    #[arg(long, hide = true, value_name = "FILE", requires = "stub_ms")]
    stub_readings: Option<PathBuf>,
}

impl StubArgs {
    /// A reader that answers after so many milliseconds that it read nothing.
    pub const fn answering_after(ms: u64) -> Self {
        Self { stub_ms: Some(ms), stub_readings: None }
    }

    /// How such a reader is started; `None`: a reader that reads.
    pub fn settings(&self) -> Option<StubSettings> {
        let pause = Duration::from_millis(self.stub_ms?);
        Some(StubSettings { pause, readings: self.stub_readings.clone() })
    }

    /// The same options for a reader's command line, which has another working folder and no environment.
    pub fn arguments(&self) -> anyhow::Result<Vec<OsString>> {
        let mut arguments: Vec<OsString> = Vec::new();
        if let Some(ms) = self.stub_ms {
            arguments.extend(["--stub-ms".into(), ms.to_string().into()]);
        }
        if let Some(file) = &self.stub_readings {
            let file = std::path::absolute(file).context("finding the stored readings")?;
            arguments.extend(["--stub-readings".into(), file.into()]);
        }
        Ok(arguments)
    }
}
