//! The next process finds the jobs in the file.

use highball_jobs::backend::{Backend, End, Recovered, State};

use crate::place::{NOW, Place, asking, claim, job, push, recover, settle};

#[tokio::test]
async fn jobs_that_ran_have_crashed_when_the_file_is_opened_again() {
    let place = Place::new();
    let redb = place.open();
    for payload in ["1", "2"] {
        push(&redb, payload).await;
    }
    let late = claim(&redb, 1).await.remove(0);
    assert_eq!(
        recover(&redb).await,
        Recovered::default(),
        "its lease has not ended"
    );
    drop(redb);

    let redb = place.open();
    let recovered = Recovered {
        available: 1,
        parked: 0,
    };
    assert_eq!(recover(&redb).await, recovered, "no lease is waited for");
    assert_eq!(recover(&redb).await, Recovered::default());
    assert!(!settle(&redb, &late, End::Done).await);
    assert_eq!(claim(&redb, 9).await[0].payload, "2");
    let mut suspect = asking(9);
    suspect.suspect = true;
    let again = redb.claim(suspect, NOW).await.expect("a claim").remove(0);
    assert_eq!((&*again.payload, again.attempt, again.crashes), ("1", 2, 1));
}

#[tokio::test]
async fn an_attempt_that_ran_holds_its_order_key_until_it_is_recovered() {
    let place = Place::new();
    let redb = place.open();
    for payload in ["1", "2"] {
        let mut job = job(payload);
        job.order_key = Some("a".to_owned());
        redb.push(vec![job], NOW).await.expect("it is stored");
    }
    assert_eq!(claim(&redb, 9).await.len(), 1);
    drop(redb);

    let redb = place.open();
    assert!(claim(&redb, 9).await.is_empty());
    recover(&redb).await;
    assert!(claim(&redb, 9).await.is_empty(), "the first one is suspect");
}

#[tokio::test]
async fn all_that_was_stored_is_in_the_next_process() {
    let place = Place::new();
    let redb = place.open();
    for payload in ["1", "2", "3"] {
        push(&redb, payload).await;
    }
    let claimed = claim(&redb, 2).await;
    let reason = "no such address".to_owned();
    settle(&redb, &claimed[0], End::Park { reason }).await;
    redb.keep_step(
        claimed[1].receipt.clone(),
        "upload".to_owned(),
        "7".to_owned(),
    )
    .await
    .expect("it is stored");
    redb.last_tick("nightly".to_owned(), NOW)
        .await
        .expect("it is stored");
    let counts = redb.counts().await.expect("counts");
    drop(redb);

    let redb = place.open();
    assert_eq!(redb.counts().await.expect("counts"), counts);
    let parked = redb
        .list("points".to_owned(), State::Parked, 9)
        .await
        .expect("a list");
    assert_eq!(parked[0].reason.as_deref(), Some("no such address"));
    let step = redb
        .step(claimed[1].receipt.job.clone(), "upload".to_owned())
        .await;
    assert_eq!(step.expect("a step").as_deref(), Some("7"));
    let last = redb.last_tick("nightly".to_owned(), NOW + 5).await;
    assert_eq!(last.expect("a time"), NOW);
    let id = push(&redb, "4").await.id().cloned();
    assert_eq!(id.expect("an id").as_str(), "4", "ids are not given again");
}
