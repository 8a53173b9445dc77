//! What a reader may do: nothing but read. Real readers are told to misbehave, and the next document is
//! read all the same.

use std::{ffi::OsString, time::Duration};

use vouch::{
    domain::{Application, DocumentKind, Outcome},
    inference::ModelCatalogue,
    reader::{Drill, ReadRequest},
    worker::{ReadError, ReaderCommand, ReaderPool, ReaderPoolSettings, Urgency, WorkerMeters, unreadable},
};

use crate::vouch::{SAMPLE_DAY, sample};

/// Time for a document in these tests: generous, for a machine that is busy. Nothing here waits for it to end.
const TIMEOUT: Duration = Duration::from_secs(600);

fn command(more: &[&str]) -> ReaderCommand {
    let models = ModelCatalogue::default_folder();
    let mut arguments: Vec<OsString> = ["--threads", "1", "--models"].map(OsString::from).to_vec();
    arguments.push(models.into());
    arguments.push("reader".into());
    arguments.extend(more.iter().map(OsString::from));
    ReaderCommand {
        program: env!("CARGO_BIN_EXE_vouch").into(),
        arguments,
        environment: vec![("SECRET".into(), "x".into())],
    }
}

fn pool(more: &[&str]) -> ReaderPool {
    let settings = ReaderPoolSettings { readers: 1, document_timeout: TIMEOUT, ..Default::default() };
    ReaderPool::new(command(more), settings, WorkerMeters::default())
}

fn request(drill: Option<Drill>) -> ReadRequest {
    ReadRequest {
        name: "front.jpg".to_owned(),
        slot: Some(DocumentKind::IdCardFront),
        today: SAMPLE_DAY.parse().unwrap(),
        application: Application::default(),
        papers: Vec::new(),
        pictures: false,
        drill,
    }
}

async fn told(pool: &ReaderPool, drill: Drill) -> ReadError {
    pool.read(Urgency::Queued, &request(Some(drill)), b"").await.expect_err("a drill has no report")
}

#[tokio::test]
async fn a_misbehaving_reader_is_denied_or_dies_and_the_next_document_is_read() {
    let pool = pool(&["--drill"]);
    pool.warm().await.unwrap();
    let confinement = pool.status().ready.unwrap().confinement;
    assert!(confinement.landlock && confinement.seccomp, "this machine's kernel has both: {confinement:?}");

    let folder = tempfile::tempdir().unwrap();
    let outside = folder.path().join("secret");
    std::fs::write(&outside, "secret").unwrap();
    let made = folder.path().join("made");
    for drill in [
        Drill::Socket,
        Drill::ReadFile(outside),
        Drill::ReadFile("/etc/passwd".into()),
        Drill::WriteFile(made.clone()),
        Drill::Execute("/bin/true".into()),
    ] {
        assert_eq!(told(&pool, drill.clone()).await, ReadError::Failed("drill.denied".into()), "{drill:?}");
    }
    assert!(!made.exists());
    assert_eq!(told(&pool, Drill::Allocate(8 << 30)).await, ReadError::Died);
    assert_eq!(told(&pool, Drill::Abort).await, ReadError::Died);

    let bytes = std::fs::read(sample("application/id_front.jpg")).unwrap();
    let report = pool.read(Urgency::Queued, &request(None), &bytes).await.unwrap();
    assert_eq!(report.kind, DocumentKind::IdCardFront);
    assert!(report.fields.len() >= 5, "{:?}", report.findings);
}

#[tokio::test]
async fn a_reader_that_hangs_is_killed() {
    let settings =
        ReaderPoolSettings { readers: 1, document_timeout: Duration::from_secs(1), ..Default::default() };
    let pool = ReaderPool::new(command(&["--drill", "--stub-ms", "0"]), settings, WorkerMeters::default());
    assert_eq!(told(&pool, Drill::Spin).await, ReadError::TimedOut);
    pool.read(Urgency::Queued, &request(None), b"abc").await.unwrap();
    let report = unreadable("n", "s", b"abc", None, &ReadError::TimedOut, 1000, "p");
    assert_eq!((report.outcome, report.findings.len()), (Outcome::Unreadable, 1));
    assert_eq!(report.findings[0].code.as_str(), "intake.timeout");
}

#[tokio::test]
async fn a_reader_that_was_not_started_for_drills_refuses_them() {
    let pool = pool(&["--stub-ms", "0"]);
    assert_eq!(told(&pool, Drill::Abort).await, ReadError::Failed("drill.refused".into()));
}

#[tokio::test]
async fn readers_that_cannot_start_are_not_tried_for_every_document() {
    let mut broken = command(&[]);
    broken.program = "/nonexistent/vouch".into();
    let pool = ReaderPool::new(broken, ReaderPoolSettings::default(), WorkerMeters::default());
    for _ in 0..20 {
        let refused = pool.read(Urgency::Queued, &request(None), b"abc").await;
        assert_eq!(refused.unwrap_err(), ReadError::Unavailable);
    }
    let starts = pool.status().failed_starts;
    assert!((1..20).contains(&starts), "{starts} starts");
}

/// The sample application's papers under the sandbox give what they give without it.
#[tokio::test]
async fn a_confined_reader_reads_what_a_free_one_reads() {
    let pool = pool(&[]);
    for file in ["diploma.jpg", "chsi_report.pdf", "photo.jpg"] {
        let path = sample(&format!("application/{file}"));
        let bytes = std::fs::read(&path).unwrap();
        let asked = ReadRequest { name: file.to_owned(), slot: None, ..request(None) };
        let confined = pool.read(Urgency::Queued, &asked, &bytes).await.unwrap();
        let free = crate::vouch::run(
            crate::vouch::vouch().args(["check", "--json", "--today", SAMPLE_DAY]).arg(&path),
        );
        let free = crate::vouch::json_lines(&free).remove(0);
        let confined = serde_json::to_value(&confined).unwrap();
        for part in ["kind", "outcome", "sha256", "media_type", "pipeline"] {
            assert_eq!(confined[part], free[part], "{file}: {part}");
        }
        let values = |report: &serde_json::Value| -> Vec<(String, serde_json::Value)> {
            let fields = report["fields"].as_object().unwrap();
            fields.iter().map(|(name, field)| (name.clone(), field["value"].clone())).collect()
        };
        assert_eq!(values(&confined), values(&free), "{file}");
    }
}
