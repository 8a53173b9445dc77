//! What a reader may do, enforced by the kernel on the reader itself.
//!
//! Three fences, each holding without the others: resource limits (memory, files that can be written: none,
//! core dumps: none), Landlock (no file but models, language data and system libraries, read only; no TCP),
//! and seccomp (no system call but those that reading pictures takes: no socket, no program, no other
//! process). A kernel without Landlock or seccomp is said in [`Confinement`], never passed over in silence.
//! Time is the worker's fence: it kills a reader that takes too long.

use std::{collections::BTreeMap, path::PathBuf};

use anyhow::Context;
use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset, RulesetAttr,
    RulesetCreatedAttr, RulesetStatus, Scope,
};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
};
use serde::{Deserialize, Serialize};

use crate::inference::ModelCatalogue;

/// The newest Landlock that the rules are written for; older kernels enforce what they know.
const LANDLOCK: ABI = ABI::V6;

/// Folders beside the models that reading takes: shared libraries, Tesseract's language data, and what
/// the ONNX runtime asks about the processor.
const READABLE: &[&str] = &[
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/usr/share/tesseract-ocr",
    "/usr/share/tessdata",
    "/proc/cpuinfo",
    "/proc/self",
    "/sys/devices/system/cpu",
    "/sys/fs/cgroup",
];

/// Numbers that a reader is confined by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guard {
    /// Address space in bytes. Address space is more than memory: libraries and thread stacks count that
    /// were never touched. Lower stops bombs earlier and honest large scans, too.
    pub memory_bytes: u64,
}

impl Guard {
    /// 3 GiB. Papers of the sample application took up to 470 MB of address space (docs/SERVICE.md);
    /// the largest picture that the limits let through has 192 MB as RGB, and several copies of it are made.
    pub const DEFAULT_MEMORY_BYTES: u64 = 3 << 30;
}

impl Default for Guard {
    fn default() -> Self {
        Self { memory_bytes: Self::DEFAULT_MEMORY_BYTES }
    }
}

/// What a reader is confined by, as `/readyz` tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confinement {
    /// Files and TCP are fenced by Landlock, in full.
    pub landlock: bool,
    /// System calls are fenced by seccomp.
    pub seccomp: bool,
}

impl Guard {
    /// Confines this process for good. To be called before any other thread exists: Landlock holds for the
    /// calling thread and those it starts.
    ///
    /// # Errors
    /// When a fence that the kernel has cannot be put up.
    pub fn confine(self, catalogue: &ModelCatalogue) -> anyhow::Result<Confinement> {
        // A killed worker leaves no reader behind.
        rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))
            .context("tying the reader to its worker")?;
        self.limit_resources().context("limiting resources")?;
        let landlock = fence_files(catalogue).context("Landlock")?;
        let seccomp = fence_calls().context("seccomp")?;
        Ok(Confinement { landlock, seccomp })
    }

    fn limit_resources(self) -> std::io::Result<()> {
        use rlimit::Resource;
        Resource::AS.set(self.memory_bytes, self.memory_bytes)?;
        Resource::CORE.set(0, 0)?;
        // Pipes are no files: the answer still gets out.
        Resource::FSIZE.set(0, 0)
    }
}

/// True: the kernel enforces all of it.
fn fence_files(catalogue: &ModelCatalogue) -> anyhow::Result<bool> {
    let models = [
        catalogue.folder().to_owned(),
        catalogue.trained(""),
        catalogue.forms(),
        catalogue.plans(),
        catalogue.calibration(),
    ];
    let language_data = std::env::var_os("TESSDATA_PREFIX").map(PathBuf::from);
    let readable = READABLE.iter().map(PathBuf::from).chain(models).chain(language_data);
    let mut ruleset = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(LANDLOCK))?
        .handle_access(AccessNet::from_all(LANDLOCK))?
        .scope(Scope::from_all(LANDLOCK))?
        .create()?;
    for path in readable {
        // What is not there needs no rule.
        let Ok(file) = PathFd::new(&path) else { continue };
        let access =
            if path.is_dir() { AccessFs::ReadFile | AccessFs::ReadDir } else { AccessFs::ReadFile.into() };
        ruleset = ruleset.add_rule(PathBeneath::new(file, access))?;
    }
    Ok(ruleset.restrict_self()?.ruleset == RulesetStatus::FullyEnforced)
}

/// True: the kernel enforces it.
fn fence_calls() -> anyhow::Result<bool> {
    let arch = std::env::consts::ARCH.try_into().context("no filter for this processor")?;
    // glibc asks for threads by clone3 first, whose flags stand in memory where a filter cannot look. Told
    // that there is no such call, it takes clone, whose flags can be checked.
    let no_clone3 = SeccompFilter::new(
        BTreeMap::from([(libc::SYS_clone3, Vec::new())]),
        SeccompAction::Allow,
        SeccompAction::Errno(libc::ENOSYS.cast_unsigned()),
        arch,
    )?;
    let thread = SeccompCondition::new(
        0,
        SeccompCmpArgLen::Qword,
        SeccompCmpOp::MaskedEq(libc::CLONE_THREAD.cast_unsigned().into()),
        libc::CLONE_THREAD.cast_unsigned().into(),
    )?;
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = ALLOWED.iter().map(|call| (*call, Vec::new())).collect();
    rules.insert(libc::SYS_clone, vec![SeccompRule::new(vec![thread])?]);
    let only_reading = SeccompFilter::new(
        rules,
        SeccompAction::Errno(libc::EPERM.cast_unsigned()),
        SeccompAction::Allow,
        arch,
    )?;
    for filter in [no_clone3, only_reading] {
        let program: BpfProgram = filter.try_into()?;
        match seccompiler::apply_filter(&program) {
            Ok(()) => {}
            // The kernel was built without it.
            Err(seccompiler::Error::Prctl(error) | seccompiler::Error::Seccomp(error))
                if matches!(error.raw_os_error(), Some(libc::EINVAL | libc::ENOSYS)) =>
            {
                return Ok(false);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(true)
}

/// System calls that reading takes, on every processor: memory, threads, files that Landlock lets through,
/// pipes that are open, clocks, and its own end.
const ALLOWED: &[i64] = &[
    // memory
    libc::SYS_brk,
    libc::SYS_mmap,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_mprotect,
    libc::SYS_madvise,
    libc::SYS_membarrier,
    libc::SYS_get_mempolicy,
    // threads
    libc::SYS_clone3,
    libc::SYS_futex,
    libc::SYS_set_robust_list,
    libc::SYS_rseq,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_setaffinity,
    libc::SYS_sched_yield,
    libc::SYS_gettid,
    libc::SYS_getpid,
    libc::SYS_getcpu,
    libc::SYS_exit,
    libc::SYS_exit_group,
    // files and pipes
    libc::SYS_openat,
    libc::SYS_close,
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_pread64,
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_lseek,
    libc::SYS_fstat,
    libc::SYS_newfstatat,
    libc::SYS_statx,
    libc::SYS_statfs,
    libc::SYS_faccessat,
    libc::SYS_faccessat2,
    libc::SYS_readlinkat,
    libc::SYS_getdents64,
    libc::SYS_getcwd,
    libc::SYS_fcntl,
    libc::SYS_ppoll,
    // signals to itself, clocks, questions about itself and the machine
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_tgkill,
    libc::SYS_clock_gettime,
    libc::SYS_clock_getres,
    libc::SYS_clock_nanosleep,
    libc::SYS_nanosleep,
    libc::SYS_gettimeofday,
    libc::SYS_restart_syscall,
    libc::SYS_getrandom,
    libc::SYS_getrusage,
    libc::SYS_getuid,
    libc::SYS_geteuid,
    libc::SYS_getgid,
    libc::SYS_getegid,
    libc::SYS_uname,
    libc::SYS_sysinfo,
    libc::SYS_prctl,
    libc::SYS_seccomp,
    // x86 has these beside the newer ones.
    #[cfg(target_arch = "x86_64")]
    libc::SYS_open,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_stat,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_lstat,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_access,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_readlink,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_poll,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_time,
];
