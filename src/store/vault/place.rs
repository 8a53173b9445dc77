//! Where a blob store is: a folder or a bucket, opened as one thing.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

use object_store::{ObjectStore, local::LocalFileSystem};

use super::{Bucket, VaultError};

/// Where the encrypted uploads are.
#[derive(Clone)]
pub enum BlobPlace {
    /// A folder of this machine, or a mounted one.
    Folder(PathBuf),
    /// A bucket of an S3-compatible store.
    Bucket(Bucket),
}

impl BlobPlace {
    /// The store there. Nothing is asked of it yet.
    ///
    /// # Errors
    /// When the folder is not there or the bucket's settings make no sense.
    pub fn open(&self) -> Result<Arc<dyn ObjectStore>, VaultError> {
        match self {
            // What was answered is on the disk, even when the power goes.
            Self::Folder(folder) => {
                Ok(Arc::new(LocalFileSystem::new_with_prefix(folder)?.with_fsync(true))
                    as Arc<dyn ObjectStore>)
            }
            Self::Bucket(bucket) => bucket.open(),
        }
    }

    /// What may be shown of it: no key.
    pub fn shown(&self) -> String {
        match self {
            Self::Folder(folder) => folder.display().to_string(),
            Self::Bucket(bucket) => bucket.shown(),
        }
    }
}

/// Deletes half-written files of `folder` that are older than `before` (milliseconds since 1970): what a process
/// left that was killed while an upload came in. A folder store writes each object under a name of its own, `#` and
/// a number behind the object's, which it never lists. How many there were.
///
/// # Errors
/// When the folder cannot be read.
pub(super) fn sweep_half_written(folder: &Path, before: i64) -> io::Result<u64> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        entries => entries?,
    };
    let mut swept = 0;
    for entry in entries {
        let entry = entry?;
        let changed = entry.metadata().and_then(|metadata| metadata.modified());
        // Finished or deleted since the folder was read.
        let Ok(changed) = changed else { continue };
        let age = changed.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_millis();
        let is_old = i64::try_from(age).is_ok_and(|changed| changed < before);
        if is_old && is_half_written(&entry.file_name().to_string_lossy()) {
            fs::remove_file(entry.path())?;
            swept += 1;
        }
    }
    Ok(swept)
}

fn is_half_written(name: &str) -> bool {
    name.rsplit_once('#')
        .is_some_and(|(_, number)| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_written_files_are_swept_when_they_are_old_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a#1", "b#22", "c", "d#x", "e#"] {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        assert_eq!(sweep_half_written(folder.path(), 0).unwrap(), 0);
        assert_eq!(sweep_half_written(folder.path(), i64::MAX).unwrap(), 2);
        let mut left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["c", "d#x", "e#"]);
        assert_eq!(sweep_half_written(&folder.path().join("none"), i64::MAX).unwrap(), 0);
    }
}
