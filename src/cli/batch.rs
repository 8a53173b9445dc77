//! Many files through one function: in parallel, in order, with a progress bar and flat memory.

use std::{
    io::IsTerminal,
    path::{Path, PathBuf},
};

use indicatif::{ProgressBar, ProgressStyle};
use rayon::prelude::*;

/// `paths` with every folder replaced by the files that lie directly in it, in the order of their names.
/// Hidden files are left out; a folder that cannot be listed stays, and is reported like an unreadable file.
pub fn files_of(paths: &[PathBuf]) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for path in paths {
        let Ok(entries) = std::fs::read_dir(path) else {
            files.push(path.clone());
            continue;
        };
        let hidden =
            |path: &Path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        let mut inside: Vec<PathBuf> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.is_file() && !hidden(path))
            .collect();
        inside.sort();
        files.extend(inside);
    }
    files
}

/// Applies `work` to every item on all threads and hands the results to `sink` in the items' order.
///
/// Items go in windows of a few per thread, so that a batch of any length holds only a window of
/// results. The bar shows on a terminal and only for more than one item.
pub fn in_order<I: Sync, T: Send>(
    items: &[I],
    work: impl Fn(&I) -> anyhow::Result<T> + Sync,
    mut sink: impl FnMut(&I, T) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    // Files differ in cost; with eight a thread the slowest one delays a window little.
    let window = rayon::current_num_threads() * 8;
    let bar = if items.len() > 1 && std::io::stderr().is_terminal() {
        ProgressBar::new(items.len() as u64)
    } else {
        ProgressBar::hidden()
    };
    if let Ok(style) = ProgressStyle::with_template("{bar:30.cyan} {pos}/{len} files  {per_sec}  {eta} left")
    {
        bar.set_style(style);
    }
    for chunk in items.chunks(window.max(1)) {
        let results: Vec<anyhow::Result<T>> = chunk
            .par_iter()
            .map(|item| {
                let result = work(item);
                bar.inc(1);
                result
            })
            .collect();
        for (item, result) in chunk.iter().zip(results) {
            bar.suspend(|| sink(item, result?))?;
        }
    }
    bar.finish_and_clear();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_stands_for_its_files() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.jpg", "a.jpg", ".hidden"] {
            std::fs::write(folder.path().join(name), b"x").unwrap();
        }
        let single = folder.path().join("b.jpg");
        let files = files_of(&[folder.path().to_path_buf(), single.clone()]);
        assert_eq!(files, [folder.path().join("a.jpg"), single.clone(), single]);
    }

    #[test]
    fn results_come_in_the_order_of_the_items() {
        let items: Vec<usize> = (0..500).collect();
        let mut seen = Vec::new();
        in_order(
            &items,
            |&i| Ok(i * 2),
            |_, doubled| {
                seen.push(doubled);
                Ok(())
            },
        )
        .unwrap();
        assert_eq!(seen, items.iter().map(|i| i * 2).collect::<Vec<_>>());
    }

    #[test]
    fn a_failure_ends_the_batch() {
        let items = [1, 2, 3];
        let result = in_order(&items, |&i| if i == 2 { anyhow::bail!("two") } else { Ok(i) }, |_, _| Ok(()));
        assert!(result.is_err());
    }
}
