//! Many files through one function: in parallel, in order, with a progress bar and flat memory.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};
use rayon::prelude::*;

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
    if let Ok(style) = ProgressStyle::with_template("{bar:30.cyan} {pos}/{len} files  {per_sec}  {eta} left") {
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
    fn results_come_in_the_order_of_the_items() {
        let items: Vec<usize> = (0..500).collect();
        let mut seen = Vec::new();
        in_order(&items, |&i| Ok(i * 2), |_, doubled| {
            seen.push(doubled);
            Ok(())
        })
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
