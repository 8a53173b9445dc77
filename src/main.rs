//! Picks a subcommand, nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    // SAFETY: this is the first statement of the program; no other thread exists that could read the
    // environment. Tesseract's OpenMP threads spin against each other on lines of text (MODELS.md:
    // 0.8 s a page became 9.6 s), and OpenMP reads this variable when its library is loaded.
    unsafe { std::env::set_var("OMP_THREAD_LIMIT", "1") };
    tame_heap();
    vouch::cli::run()
}

/// Bytes from which a block is mapped by itself and given back when it is freed. glibc raises its own bound to the
/// largest block that it ever saw freed, and what large pictures leave then lies in the heap: 701 MB at the peak of
/// 200 phone photos with two threads, 562 MB with this. 8 MiB cost 8 % more time for pages that are mapped anew.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const MAPPED_FROM: libc::c_int = 12 << 20;

/// Free bytes at the heap's end that are kept: what smaller blocks leave there, the next page takes. A fixed
/// [`MAPPED_FROM`] would leave it at glibc's 128 KiB, and each page would grow the heap anew.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const KEPT: libc::c_int = 128 << 20;

/// Keeps glibc to one heap, and large blocks out of it. With a heap for each thread, what a large page freed in one is
/// not there for the others: 726 MB instead of 520 MB at the peak of a mixed folder with two threads, in the same time.
/// Blocks are too few a second for threads to wait for each other.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn tame_heap() {
    // SAFETY: `mallopt` only sets numbers; no other thread exists yet. A refusal leaves the default.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 1);
        libc::mallopt(libc::M_MMAP_THRESHOLD, MAPPED_FROM);
        libc::mallopt(libc::M_TRIM_THRESHOLD, KEPT);
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn tame_heap() {}
