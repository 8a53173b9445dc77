//! The behaviour of the queue: one suite, run embedded and, where `VOUCH_TEST_RABBITMQ` has the URL of a server
//! (`scripts/with-rabbitmq` sets it), through RabbitMQ as well, each over every store.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;
use vouch::{
    domain::DocumentKind,
    queue::{
        Backoff, EmbeddedQueue, JobQueue, QueueSettings, Taken,
        broker::{BlobReference, BrokerSettings, Link, Relay, Topology, UploadMessage},
    },
    store::{EventKind, Lane, Lease, Priority, new_id},
    worker::now,
};

use crate::{
    broker::{Client, shared, wait_until},
    schema::{faults, schema},
    store::{Fixture, on_every_store},
};

const SETTINGS: QueueSettings = QueueSettings {
    lease: Duration::from_millis(1500),
    poll: Duration::from_millis(20),
    backoff: Backoff { first: Duration::from_millis(50), longest: Duration::from_secs(1) },
};

/// A queue with two workers, and what carries it.
struct Bench {
    it: Fixture,
    queue: JobQueue,
    other: JobQueue,
    /// URL and names, where there is a broker.
    broker: Option<(String, Topology)>,
    stop: CancellationToken,
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

fn broker_settings() -> BrokerSettings {
    let backoff = Backoff { first: Duration::from_millis(20), longest: Duration::from_millis(200) };
    BrokerSettings { poll: Duration::from_millis(20), backoff, ..BrokerSettings::default() }
}

impl Bench {
    fn embedded(it: Fixture) -> Self {
        let worker = || JobQueue::embedded(EmbeddedQueue::new(it.store.clone(), SETTINGS));
        let (queue, other) = (worker(), worker());
        Self { it, queue, other, broker: None, stop: CancellationToken::new() }
    }

    async fn brokered(it: Fixture, url: String) -> Self {
        let topology = Topology::new(&new_id("test"));
        let link = Link::new(&url, topology.clone(), broker_settings()).unwrap();
        let stop = CancellationToken::new();
        let worker = || JobQueue::brokered(EmbeddedQueue::new(it.store.clone(), SETTINGS));
        let (queue, other) = (worker(), worker());
        let relay = Relay::new(it.store.clone(), link.clone(), queue.relay_bell(), now);
        let up = relay.up();
        tokio::spawn(relay.run(stop.clone()));
        for worker in [&queue, &other] {
            tokio::spawn(worker.inbox().unwrap().clone().run(link.clone(), 16, stop.clone()));
            wait_until("messages come", async || worker.inbox().unwrap().is_up()).await;
        }
        wait_until("the relay is up", async || up.load(std::sync::atomic::Ordering::Relaxed)).await;
        Self { it, queue, other, broker: Some((url, topology)), stop }
    }

    async fn upload(&self, application: &str, priority: Priority, bytes: &str) {
        let slot = DocumentKind::Diploma;
        self.it.upload_with(priority, application, slot, bytes.as_bytes(), None).await.unwrap();
        self.queue.ring();
    }

    /// The next job of one of the workers.
    async fn next(&self) -> Taken {
        loop {
            for queue in [&self.queue, &self.other] {
                if let Some(taken) = queue.take(1, now()).await.unwrap().pop() {
                    return taken;
                }
            }
            self.queue.rows.wait().await;
        }
    }

    async fn finish(&self, taken: Taken) -> Lease {
        self.it.finish(&taken.lease).await.unwrap();
        if let Some(receipt) = taken.receipt {
            receipt.done().await;
        }
        taken.lease
    }
}

async fn on_every_queue(test: impl AsyncFn(Bench)) {
    on_every_store(async |it: Fixture| test(Bench::embedded(it)).await).await;
    if let Some(url) = shared() {
        on_every_store(async |it: Fixture| test(Bench::brokered(it, url.clone()).await).await).await;
    }
}

#[tokio::test]
async fn every_job_is_taken_and_none_twice() {
    on_every_queue(async |bench: Bench| {
        let application = bench.it.application().await;
        let mut done = BTreeSet::new();
        for index in 0..20 {
            bench.upload(&application, Priority::Applicant, &format!("{index}")).await;
        }
        for _ in 0..20 {
            let taken = bench.next().await;
            assert!(done.insert(bench.finish(taken).await.job));
        }
        // Only judging is left.
        let last = bench.next().await.lease;
        assert!(last.document_id.is_none() && !done.contains(&last.job));
        let read = bench.it.events().await.into_iter().filter(|kind| *kind == EventKind::DocumentRead);
        assert_eq!(read.count(), 20);
    })
    .await;
}

#[tokio::test]
async fn who_waits_at_the_screen_comes_before_a_bulk_import() {
    on_every_queue(async |bench: Bench| {
        let application = bench.it.application().await;
        for (index, priority) in [Priority::Bulk, Priority::Bulk, Priority::Applicant].into_iter().enumerate()
        {
            bench.upload(&application, priority, &format!("{index}")).await;
        }
        let inboxes = || [&bench.queue, &bench.other].into_iter().filter_map(JobQueue::inbox);
        if bench.broker.is_some() {
            let arrived = async || inboxes().map(|inbox| inbox.waiting()).sum::<usize>() == 3;
            wait_until("all messages came", arrived).await;
        }
        // Of the worker that was told of it.
        let mut first = Vec::new();
        for queue in [&bench.queue, &bench.other] {
            first.extend(queue.take(1, now()).await.unwrap().pop().map(|taken| taken.lease));
        }
        let mut versions = Vec::new();
        for lease in &first {
            let document = bench.it.store.document(lease.document_id.as_ref().unwrap()).await.unwrap();
            versions.push(document.version);
        }
        assert!(versions.contains(&3), "{versions:?}");
    })
    .await;
}

#[tokio::test]
async fn a_job_that_failed_comes_again_and_one_of_a_killed_worker_too() {
    on_every_queue(async |bench: Bench| {
        let application = bench.it.application().await;
        bench.upload(&application, Priority::Applicant, "one").await;
        let taken = bench.next().await;
        bench.queue.rows.retry(&taken.lease, "reader.died", now()).await.unwrap();
        if let Some(receipt) = taken.receipt {
            receipt.done().await;
        }
        let killed = bench.next().await;
        assert_eq!((&killed.lease.job, killed.lease.attempts), (&taken.lease.job, 2));
        // It says nothing any more: neither to the rows nor to the broker.
        let again = bench.next().await;
        assert_eq!((&again.lease.job, again.lease.attempts), (&taken.lease.job, 3));
        assert!(bench.it.finish(&killed.lease).await.is_err());
        bench.finish(again).await;
    })
    .await;
}

#[tokio::test]
async fn a_dead_job_waits_for_an_operator() {
    on_every_queue(async |bench: Bench| {
        let application = bench.it.application().await;
        bench.upload(&application, Priority::Applicant, "one").await;
        let Taken { lease, receipt } = bench.next().await;
        bench.it.store.bury(&lease, "blob.damaged", now()).await.unwrap();
        if let Some(receipt) = receipt {
            receipt.dead().await;
        }
        if let Some((url, topology)) = &bench.broker {
            let (message, _) = Client::connect(url).await.next(&topology.dead().to_string()).await;
            assert_eq!(message["job"], lease.job.as_str());
        }
        bench.it.store.retry_job(&lease.job, "operator", now()).await.unwrap();
        let again = bench.next().await;
        assert_eq!((&again.lease.job, again.lease.attempts), (&lease.job, 1));
        bench.finish(again).await;
    })
    .await;
}

/// A bench with the shared broker over SQLite, where there is one.
async fn with_broker(test: impl AsyncFn(Bench, Client, Topology)) {
    let Some(url) = shared() else { return };
    on_every_store(async |it: Fixture| {
        let bench = Bench::brokered(it, url.clone()).await;
        let (url, topology) = bench.broker.clone().unwrap();
        test(bench, Client::connect(&url).await, topology).await;
    })
    .await;
}

#[tokio::test]
async fn a_job_told_of_twice_is_done_once() {
    with_broker(async |bench: Bench, client: Client, topology: Topology| {
        let application = bench.it.application().await;
        bench.upload(&application, Priority::Applicant, "one").await;
        let taken = bench.next().await;
        let message = format!(r#"{{"schema":"vouch.job/1","job":"{}"}}"#, taken.lease.job);
        let queue = topology.jobs(Lane::Urgent).to_string();
        for _ in 0..3 {
            client.publish(&queue, message.as_bytes()).await;
        }
        bench.finish(taken).await;
        // Judging comes behind the doubles, so they were looked at when it is there.
        let last = bench.next().await.lease;
        assert!(last.document_id.is_none());
        assert_eq!(bench.it.store.backlog(0).await.unwrap().open, 1);
    })
    .await;
}

#[tokio::test]
async fn what_is_no_job_is_put_aside_and_stops_nothing() {
    with_broker(async |bench: Bench, client: Client, topology: Topology| {
        client.publish(&topology.jobs(Lane::Urgent).to_string(), b"no job").await;
        let (_, _) = client.next(&topology.dead().to_string()).await;
        let application = bench.it.application().await;
        bench.upload(&application, Priority::Applicant, "one").await;
        let taken = bench.next().await;
        bench.finish(taken).await;
    })
    .await;
}

#[tokio::test]
async fn events_go_out_in_order_with_their_numbers_as_their_schema_says() {
    with_broker(async |bench: Bench, client: Client, topology: Topology| {
        let follower = client.follow(&topology.events().to_string()).await;
        let application = bench.it.application().await;
        for index in 0..10 {
            bench.upload(&application, Priority::Applicant, &format!("{index}")).await;
        }
        for _ in 0..10 {
            let taken = bench.next().await;
            bench.finish(taken).await;
        }
        let mut seen = 0;
        let newest = bench.it.store.newest_event().await.unwrap();
        while seen < newest {
            let (event, id) = client.next(&follower).await;
            assert_eq!(faults(&schema("event"), &event), [""; 0]);
            assert_eq!(id, Some(event["seq"].to_string()));
            assert_eq!(event["seq"], seen + 1);
            seen += 1;
        }
    })
    .await;
}

#[tokio::test]
async fn job_messages_are_as_their_schema_says() {
    let Some(url) = shared() else { return };
    on_every_store(async |it: Fixture| {
        // A relay without workers.
        let topology = Topology::new(&new_id("test"));
        let link = Link::new(&url, topology.clone(), broker_settings()).unwrap();
        let relay = Relay::new(it.store.clone(), link, Arc::default(), now);
        let (stop, up) = (CancellationToken::new(), relay.up());
        tokio::spawn(relay.run(stop.clone()));
        wait_until("the relay is up", async || up.load(std::sync::atomic::Ordering::Relaxed)).await;
        let application = it.application().await;
        it.upload(&application, DocumentKind::Diploma, b"one", None).await.unwrap();
        let client = Client::connect(&url).await;
        let (message, id) = client.next(&topology.jobs(Lane::Urgent).to_string()).await;
        assert_eq!(faults(&schema("job"), &message), [""; 0]);
        assert_eq!(id.as_deref(), message["job"].as_str());
        stop.cancel();
    })
    .await;
}

#[test]
fn upload_messages_are_as_their_schema_says() {
    let blob = BlobReference { file: "front.jpg".to_owned(), sha256: "0".repeat(64) };
    let message = UploadMessage::new(new_id("app"), DocumentKind::IdCardFront, blob, "key 1".to_owned());
    let mut value = serde_json::to_value(&message).unwrap();
    assert_eq!(faults(&schema("upload"), &value), [""; 0]);
    let optional: Vec<&str> = vec!["name", "priority"];
    for name in optional {
        value.as_object_mut().unwrap().remove(name);
    }
    let bytes = serde_json::to_vec(&value).unwrap();
    assert_eq!(UploadMessage::parse(&bytes), Some(message));
    value["blob"]["file"] = "../front.jpg".into();
    assert_eq!(faults(&schema("upload"), &value).len(), 1);
}
