//! Picks a subcommand, nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    // SAFETY: this is the first statement of the program; no other thread exists that could read the
    // environment. Tesseract's OpenMP threads spin against each other on lines of text (MODELS.md:
    // 0.8 s a page became 9.6 s), and OpenMP reads this variable when its library is loaded.
    unsafe { std::env::set_var("OMP_THREAD_LIMIT", "1") };
    vouch::cli::run()
}
