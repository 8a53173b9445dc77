//! What an application has in common with other ones: the same file, the same picture.
//!
//! Hashes of all pages are kept in memory, because what is near cannot be looked up in a table; the table's rows are the
//! truth. What was added since is fetched before each search, and after an erasure all are fetched anew.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::json;
use tokio::sync::Mutex;

use crate::{
    domain::{Application, CrossFinding, DocumentKind, Finding, FindingCode, Severity},
    imaging::{Fingerprint, PrintHash, Probe, SAME_PICTURE},
    store::{DocumentRow, PrintRow, SameFile, Store, StoreError},
};

/// The rule under which these findings stand in application reports.
pub const REUSE_RULE: &str = "reuse";

/// Pages that the coarse hash leaves over. At 50,000 pages, cropped pictures are among the first hundred or so.
const NEAR: usize = 256;
/// Pages that the fine hash leaves over, whose small pictures are compared: each is fetched and opened.
const CANDIDATES: usize = 8;

/// The hashes of all stored pages. Clones share them.
#[derive(Clone, Default)]
pub struct ReuseIndex(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// Number of the last hash that was fetched.
    seen: i64,
    /// Erasures at that time.
    erased: i64,
    slots: BTreeMap<DocumentKind, Arc<Vec<Entry>>>,
    /// Applications get small numbers, so that an entry is small.
    applications: BTreeMap<String, u32>,
}

#[derive(Clone, Copy)]
struct Entry {
    seq: i64,
    application: u32,
    hash: PrintHash,
}

impl State {
    async fn refresh(&mut self, store: &Store) -> Result<(), StoreError> {
        let erased = store.prints_erased().await?;
        if erased != self.erased {
            *self = Self { erased, ..Self::default() };
        }
        loop {
            let rows = store.hashes_after(self.seen).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            self.seen = last.seq;
            for row in rows {
                let next = u32::try_from(self.applications.len()).unwrap_or(u32::MAX);
                let application = *self.applications.entry(row.application).or_insert(next);
                let slot = self.slots.entry(row.slot).or_default();
                Arc::make_mut(slot).push(Entry { seq: row.seq, application, hash: row.hash });
            }
        }
    }
}

impl ReuseIndex {
    /// The page of another application that shows the same picture, and how alike they are, 0 to 1.
    ///
    /// # Errors
    /// When the database fails or a value does not open.
    pub async fn same_picture(
        &self,
        store: &Store,
        application: &str,
        slot: DocumentKind,
        print: &Fingerprint,
    ) -> Result<Option<(PrintRow, f32)>, StoreError> {
        let (entries, own) = {
            let mut state = self.0.lock().await;
            state.refresh(store).await?;
            (
                state.slots.get(&slot).cloned().unwrap_or_default(),
                state.applications.get(application).copied(),
            )
        };
        let probe = Arc::new(Probe::of(print));
        let probed = Arc::clone(&probe);
        let search = move || nearest(&probed, &entries, own);
        let nearest = tokio::task::spawn_blocking(search).await;
        for seq in nearest.map_err(|_| StoreError::Malformed { what: "hashes" })? {
            // Erased since: there is nothing to compare with.
            let Some(row) = store.print(seq).await? else { continue };
            let likeness = print.likeness_by(&probe, &row.print);
            if likeness >= SAME_PICTURE {
                return Ok(Some((row, likeness)));
            }
        }
        Ok(None)
    }

    /// What documents of an application, in the order of its report, have in common with other applications.
    ///
    /// # Errors
    /// As [`Self::same_picture`].
    pub async fn findings(
        &self,
        store: &Store,
        application: &Application,
        documents: &[DocumentRow],
    ) -> Result<Vec<CrossFinding>, StoreError> {
        let mut findings = Vec::new();
        let id = application.id.as_str();
        for (index, document) in documents.iter().enumerate() {
            let found = match store.same_files(document).await?.into_iter().next() {
                Some(SameFile { document, application }) => {
                    Some((FindingCode::ReuseSameFile, application, document, None, 1.0))
                }
                None => self.in_pictures(store, id, document).await?,
            };
            let Some((code, other, other_document, page, likeness)) = found else { continue };
            let is_same_person = match application.declared("id_number") {
                Some(number) => store.is_of_person(&other, &number).await?,
                None => false,
            };
            let mut finding = worded(code, is_same_person)
                .with_score(f64::from(likeness))
                .with_evidence("applications", json!([id, other]))
                .with_evidence("documents", json!([document.id, other_document]));
            finding.page = page;
            findings.push(CrossFinding::of(REUSE_RULE, finding).about(index));
        }
        Ok(findings)
    }

    /// The first page of a document that another application has, too.
    async fn in_pictures(
        &self,
        store: &Store,
        id: &str,
        document: &DocumentRow,
    ) -> Result<Found, StoreError> {
        for page in store.prints_of(&document.id).await? {
            if let Some((other, likeness)) = self.same_picture(store, id, document.slot, &page.print).await? {
                let number = usize::try_from(page.page).ok();
                return Ok(Some((
                    FindingCode::ReuseSameImage,
                    other.application,
                    other.document,
                    number,
                    likeness,
                )));
            }
        }
        Ok(None)
    }
}

/// Code, other application, its document, page, likeness.
type Found = Option<(FindingCode, String, String, Option<usize>, f32)>;

/// Numbers of the pages whose hashes are nearest, the nearest first; those of application `own` left out.
fn nearest(probe: &Probe, entries: &[Entry], own: Option<u32>) -> Vec<i64> {
    let others = entries.iter().filter(|entry| own != Some(entry.application));
    let mut near: Vec<(u32, &Entry)> =
        others.map(|entry| (probe.coarse_distance(&entry.hash), entry)).collect();
    if near.len() > NEAR {
        near.select_nth_unstable_by_key(NEAR, |(distance, _)| *distance);
        near.truncate(NEAR);
    }
    for (distance, entry) in &mut near {
        *distance = probe.fine_distance(&entry.hash);
    }
    near.sort_unstable_by_key(|(distance, entry)| (*distance, entry.seq));
    near.into_iter().take(CANDIDATES).map(|(_, entry)| entry.seq).collect()
}

/// One's own papers in a second application of one's own are no fault. The other application stands in the evidence only:
/// a message may become a reason that the applicant reads.
fn worded(code: FindingCode, is_same_person: bool) -> Finding {
    let severity = if is_same_person { Severity::Info } else { Severity::Review };
    let (zh, en) = match (code, is_same_person) {
        (FindingCode::ReuseSameFile, true) => {
            ("同一文件也在本人的另一份申请中", "The same file is in another application of this person")
        }
        (FindingCode::ReuseSameFile, false) => {
            ("同一文件也在另一份申请中", "The same file is in another application")
        }
        (_, true) => {
            ("同一张照片也在本人的另一份申请中", "The same picture is in another application of this person")
        }
        (_, false) => ("同一张照片也在另一份申请中", "The same picture is in another application"),
    };
    Finding::new(code, severity, zh, en)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(seed: u32) -> Fingerprint {
        let mut state = seed.wrapping_mul(2_654_435_761) | 1;
        let noise = (0..Fingerprint::SIDE * Fingerprint::SIDE).map(|_| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state as u8
        });
        Fingerprint::from_bytes(&noise.collect::<Vec<u8>>()).unwrap()
    }

    #[test]
    fn the_nearest_come_first_and_none_of_the_application_itself() {
        let entry = |seed: u32| Entry { seq: i64::from(seed), application: seed, hash: picture(seed).hash() };
        let entries: Vec<Entry> = (0..100).map(entry).collect();
        let probe = Probe::of(&picture(7));
        let found = nearest(&probe, &entries, None);
        assert_eq!((found[0], found.len()), (7, CANDIDATES));
        assert!(!nearest(&probe, &entries, Some(7)).contains(&7));
    }

    #[test]
    fn ones_own_papers_are_only_told() {
        for code in [FindingCode::ReuseSameFile, FindingCode::ReuseSameImage] {
            assert_eq!(worded(code, true).severity, Severity::Info);
            assert_eq!(worded(code, false).severity, Severity::Review);
        }
    }
}
