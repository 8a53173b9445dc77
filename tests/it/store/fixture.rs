//! A store of its own for each test, over every backend, and what the tests put into it.

use std::{collections::BTreeMap, sync::Arc};

use bytes::Bytes;
use futures_util::stream;
use object_store::{ObjectStore, memory::InMemory};
use serde_json::json;
use sqlx::{AnyPool, any::install_default_drivers};
use tempfile::TempDir;
use vouch::{
    domain::{
        Application, ApplicationReport, DocumentKind, DocumentReport, Field, FieldName, Finding, FindingCode,
        MediaType, Outcome, SCHEMA, Severity,
    },
    rules::Bench,
    store::{
        AddedDocument, EventKind, FinishedReading, KeptPictures, Lease, NewApplication, NewDocument,
        Priority, Store, StoreError, new_id,
        vault::{BlobPlace, BlobVault, Keyring},
    },
};

use crate::s3;

pub(super) const PIPELINE: &str = "vouch test";
pub(super) const NAME: &str = "欧阳娜娜";
pub(super) const NUMBER: &str = "11010519491231002X";
pub(super) const LEASE_MS: i64 = 1000;

/// A store of its own for one test, and another way to its tables.
pub struct Fixture {
    pub store: Store,
    pub(super) objects: Arc<dyn ObjectStore>,
    pub(super) url: String,
    pub(super) tables: AnyPool,
    pub(super) folder: TempDir,
}

impl Fixture {
    async fn open(url: &str, folder: TempDir, objects: Arc<dyn ObjectStore>) -> Self {
        let keys = Arc::new(Keyring::parse(&"5a".repeat(32)).unwrap());
        let vault = BlobVault::new(Arc::clone(&objects), Arc::clone(&keys));
        let store = Store::open(url, keys, vault).await.unwrap();
        Self { store, objects, url: url.to_owned(), tables: AnyPool::connect(url).await.unwrap(), folder }
    }

    pub async fn application(&self) -> String {
        let declared =
            BTreeMap::from([("name".to_owned(), json!(NAME)), ("id_number".to_owned(), json!(NUMBER))]);
        let new = NewApplication { declared: &declared, ..application() };
        self.store.create_application(&new).await.unwrap().0.id
    }

    /// An application that says nothing of a person.
    pub(super) async fn application_of_nobody(&self) -> String {
        self.store.create_application(&application()).await.unwrap().0.id
    }

    pub async fn upload(
        &self,
        application: &str,
        slot: DocumentKind,
        bytes: &[u8],
        key: Option<&str>,
    ) -> Result<AddedDocument, StoreError> {
        self.upload_with(Priority::Applicant, application, slot, bytes, key).await
    }

    pub async fn upload_with(
        &self,
        priority: Priority,
        application: &str,
        slot: DocumentKind,
        bytes: &[u8],
        key: Option<&str>,
    ) -> Result<AddedDocument, StoreError> {
        let pieces = stream::iter([Ok::<_, ()>(Bytes::copy_from_slice(bytes))]);
        let received = self.store.vault().receive(pieces, 1 << 20).await.unwrap();
        let blob = self.store.keep(&received, 5).await?;
        let new = NewDocument {
            application,
            slot,
            blob: &blob,
            name: "张三身份证.jpg",
            idempotency_key: key,
            priority,
            pipeline: PIPELINE,
            actor: "tok",
            now: 5,
        };
        self.store.add_document(&new).await
    }

    pub(super) async fn lease_one(&self, now: i64) -> Option<Lease> {
        self.store.lease("worker", 1, now, now + LEASE_MS).await.unwrap().pop()
    }

    pub async fn finish(&self, lease: &Lease) -> Result<(), StoreError> {
        let document = lease.document_id.clone().unwrap();
        let report = report();
        let done = FinishedReading {
            lease,
            document: &document,
            report: &report,
            pictures: &KeptPictures::default(),
            now: 20,
        };
        self.store.finish_reading(&done).await
    }

    /// Kinds of all events, in order; their numbers have no gaps.
    pub async fn events(&self) -> Vec<EventKind> {
        let events = self.store.events_after(0, None, 10_000).await.unwrap();
        let numbers: Vec<i64> = events.iter().map(|event| event.seq).collect();
        assert_eq!(numbers, (1..=events.len() as i64).collect::<Vec<_>>());
        events.into_iter().map(|event| event.kind).collect()
    }

    pub(super) async fn count(&self, statement: &'static str) -> i64 {
        sqlx::query_scalar(statement).fetch_one(&self.tables).await.unwrap()
    }
}

pub(super) fn application() -> NewApplication<'static> {
    static NOTHING: BTreeMap<String, serde_json::Value> = BTreeMap::new();
    NewApplication {
        plan: "dianzishangwushi-4",
        plan_version: Some("2026.1"),
        submitted_on: "2026-11-24",
        declared: &NOTHING,
        idempotency_key: None,
        request_digest: "d",
        actor: "tok",
        now: 1,
    }
}

pub(super) fn report() -> DocumentReport {
    let field = Field {
        value: NAME.to_owned(),
        text: NAME.to_owned(),
        confidence: 0.99,
        page: 0,
        quad: None,
        readers: Vec::new(),
        certainty: None,
        disputed: false,
        corroborated: false,
        compared: Vec::new(),
        alternatives: Vec::new(),
    };
    DocumentReport {
        schema: SCHEMA,
        file: "张三身份证.jpg".to_owned(),
        sha256: "0".repeat(64),
        bytes: 3,
        media_type: MediaType::Jpeg,
        slot: Some(DocumentKind::IdCardFront),
        kind: DocumentKind::IdCardFront,
        kind_confidence: 1.0,
        outcome: Outcome::Retake,
        pages: Vec::new(),
        fields: BTreeMap::from([(FieldName::new("name"), field)]),
        findings: vec![Finding::new(FindingCode::QualityBlurred, Severity::Retake, "模糊", "blurred")],
        detectors: Vec::new(),
        elapsed_ms: BTreeMap::new(),
        pipeline: PIPELINE.to_owned(),
    }
}

pub(super) fn application_report(application: &str) -> ApplicationReport {
    let application = Application { id: application.to_owned(), ..Application::default() };
    let bench = Bench { plan: None, today: "2026-11-24".parse().unwrap(), register: None };
    vouch::pipeline::judge(PIPELINE, &application, Vec::new(), Vec::new(), &bench)
}

/// Runs a test over every database, each with blobs of another place: SQLite with a folder and, where there is a
/// server, a bucket, PostgreSQL with memory.
pub async fn on_every_store(test: impl AsyncFn(Fixture)) {
    install_default_drivers();
    let folder = tempfile::tempdir().unwrap();
    let blobs = folder.path().join("blobs");
    std::fs::create_dir(&blobs).unwrap();
    let places = [Some(BlobPlace::Folder(blobs)), s3::shared().map(|endpoint| s3::place(&endpoint))];
    for place in places.into_iter().flatten() {
        let folder = tempfile::tempdir_in(folder.path()).unwrap();
        let url = format!("sqlite://{}", folder.path().join("test.db").display());
        test(Fixture::open(&url, folder, place.open().unwrap()).await).await;
    }
    if let Ok(server) = std::env::var("VOUCH_TEST_POSTGRES") {
        let database = new_id("test");
        let root = AnyPool::connect(&format!("{server}/postgres")).await.unwrap();
        let create = format!("CREATE DATABASE {database}");
        sqlx::query(sqlx::AssertSqlSafe(create)).execute(&root).await.unwrap();
        let (folder, objects) = (tempfile::tempdir().unwrap(), Arc::new(InMemory::new()));
        test(Fixture::open(&format!("{server}/{database}"), folder, objects).await).await;
    }
}
