//! Holds, and rejections that take a second person.

use vouch::{
    domain::DocumentKind,
    store::{
        ApplicationQuery, ApplicationStatus, Conflict, EventKind, NewDecision, NewStep, ReviewState,
        ReviewStep, StoreError,
    },
};

use super::fixture::{Fixture, on_every_store};

const WHY: &str = "等待学校回函";

fn step<'a>(application: &'a str, step: ReviewStep, reasons: &'a [String]) -> NewStep<'a> {
    NewStep { application, step, reasons, revision: None, actor: "acc_1", now: 40 }
}

fn reject<'a>(application: &'a str, reasons: &'a [String], actor: &'a str) -> NewDecision<'a> {
    NewDecision {
        application,
        verdict: ApplicationStatus::Rejected,
        reasons,
        revision: Some(1),
        second_look: true,
        actor,
        now: 50,
    }
}

fn conflict<T>(result: Result<T, StoreError>) -> Conflict {
    match result {
        Err(StoreError::Conflict(conflict)) => conflict,
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("it was done"),
    }
}

#[tokio::test]
async fn an_application_on_hold_is_not_decided_until_it_is_taken_up() {
    on_every_store(async |it: Fixture| {
        let (application, other) = (it.application().await, it.application().await);
        let why = [WHY.to_owned()];
        let hold = step(&application, ReviewStep::Held, &why);
        assert_eq!(
            conflict(it.store.take_step(&NewStep { revision: Some(9), ..hold }).await),
            Conflict::Changed
        );
        let row = it.store.take_step(&hold).await.unwrap();
        assert_eq!((row.review, row.review_by.as_deref()), (Some(ReviewState::OnHold), Some("acc_1")));
        assert_eq!(row.status, ApplicationStatus::Reviewing);
        assert_eq!(conflict(it.store.take_step(&hold).await), Conflict::Changed);
        let decision = NewDecision { second_look: false, ..reject(&application, &why, "acc_2") };
        assert_eq!(conflict(it.store.decide(&decision).await), Conflict::OnHold);

        let found = async |query: ApplicationQuery<'_>| {
            let query = ApplicationQuery { limit: 9, ..query };
            let rows = it.store.find_applications(&query).await.unwrap();
            rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
        };
        let held = ApplicationQuery { review: Some(ReviewState::OnHold), ..Default::default() };
        assert_eq!(found(held).await, std::slice::from_ref(&application));
        let rest = ApplicationQuery { without_holds: true, ..Default::default() };
        assert_eq!(found(rest).await, std::slice::from_ref(&other));
        // An upload leaves the hold.
        it.upload(&application, DocumentKind::Diploma, b"abc", None).await.unwrap();
        let resumed = it.store.take_step(&step(&application, ReviewStep::Resumed, &[])).await.unwrap();
        assert_eq!((resumed.review, resumed.review_by), (None, None));
        it.store.decide(&NewDecision { revision: None, ..decision }).await.unwrap();
        assert_eq!(conflict(it.store.take_step(&hold).await), Conflict::Decided);

        let steps = it.store.steps_of(&application).await.unwrap();
        let told: Vec<_> =
            steps.iter().map(|row| (row.step, row.reasons.len(), row.actor.as_str())).collect();
        assert_eq!(told, [(ReviewStep::Held, 1, "acc_1"), (ReviewStep::Resumed, 0, "acc_1")]);
        assert_eq!(steps[0].reasons, why);
        let audit = it.store.audit_after(0, 100).await.unwrap();
        assert!(audit.iter().any(|entry| entry.action == "application.on_hold"));
        assert!(audit.iter().all(|entry| !entry.detail.contains(WHY)));
        let sealed: String = sqlx::query_scalar("SELECT reasons_sealed FROM review_steps LIMIT 1")
            .fetch_one(&it.tables)
            .await
            .unwrap();
        assert!(!sealed.contains(WHY));
    })
    .await;
}

#[tokio::test]
async fn a_rejection_takes_two_people_where_it_is_so_set() {
    on_every_store(async |it: Fixture| {
        let application = it.application().await;
        let (first, second) = (["模糊".to_owned()], ["照片模糊".to_owned()]);
        let proposed = it.store.decide(&reject(&application, &first, "acc_1")).await.unwrap();
        assert_eq!(
            (proposed.status, proposed.review),
            (ApplicationStatus::Reviewing, Some(ReviewState::SecondLook))
        );
        assert!(it.store.decisions_of(&application).await.unwrap().is_empty());
        assert_eq!(
            conflict(it.store.decide(&reject(&application, &first, "acc_1")).await),
            Conflict::SamePerson
        );
        let approve = NewDecision {
            verdict: ApplicationStatus::Approved,
            reasons: &[],
            ..reject(&application, &first, "acc_2")
        };
        assert_eq!(conflict(it.store.decide(&approve).await), Conflict::SecondLook);
        let rejected = it.store.decide(&reject(&application, &second, "acc_2")).await.unwrap();
        assert_eq!((rejected.status, rejected.review), (ApplicationStatus::Rejected, None));
        let decisions = it.store.decisions_of(&application).await.unwrap();
        assert_eq!((decisions[0].decided_by.as_str(), &decisions[0].reasons[..]), ("acc_2", &second[..]));
        let steps = it.store.steps_of(&application).await.unwrap();
        assert_eq!((steps[0].step, &steps[0].reasons[..]), (ReviewStep::Proposed, &first[..]));
        let events = it.events().await;
        assert_eq!(events[1..], [EventKind::RejectionProposed, EventKind::ApplicationDecided]);
    })
    .await;
}

#[tokio::test]
async fn a_proposal_falls_when_it_is_declined_or_the_application_changes() {
    on_every_store(async |it: Fixture| {
        let application = it.application().await;
        let why = ["模糊".to_owned()];
        let propose = reject(&application, &why, "acc_1");
        it.store.decide(&propose).await.unwrap();
        let declined = NewStep { actor: "acc_2", ..step(&application, ReviewStep::Declined, &[]) };
        assert_eq!(it.store.take_step(&declined).await.unwrap().review, None);
        it.store.decide(&propose).await.unwrap();
        it.upload(&application, DocumentKind::Diploma, b"abc", None).await.unwrap();
        let row = it.store.application_row(&application).await.unwrap();
        assert_eq!((row.review, row.review_by), (None, None));
        // What would have been the second person's is a first one again.
        let again = NewDecision { revision: None, ..reject(&application, &why, "acc_2") };
        assert_eq!(it.store.decide(&again).await.unwrap().review, Some(ReviewState::SecondLook));
        // Passing takes one person.
        it.store.take_step(&declined).await.unwrap();
        let approve = NewDecision { verdict: ApplicationStatus::Approved, reasons: &[], ..again };
        assert_eq!(it.store.decide(&approve).await.unwrap().status, ApplicationStatus::Approved);
    })
    .await;
}
