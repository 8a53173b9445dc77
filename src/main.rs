//! Picks a subcommand, nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    // SAFETY: this is the first statement of the program; no other thread exists that could read the
    // environment. Tesseract's OpenMP threads spin against each other on lines of text (MODELS.md:
    // 0.8 s a page became 9.6 s), and OpenMP reads this variable when its library is loaded.
    unsafe { std::env::set_var("OMP_THREAD_LIMIT", "1") };
    one_arena();
    vouch::cli::run()
}

/// Keeps glibc to one heap. With one for each thread, what a large page freed in one is not there for the
/// others: 726 MB instead of 520 MB at the peak of a mixed folder with two threads, in the same time. The large
/// blocks are the networks' tensors, too few a second for threads to wait for each other.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn one_arena() {
    // SAFETY: `mallopt` only sets a number; no other thread exists yet. A refusal leaves the default.
    unsafe { libc::mallopt(libc::M_ARENA_MAX, 1) };
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn one_arena() {}
