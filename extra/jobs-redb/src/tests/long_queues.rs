//! A claim looks at the jobs that it takes, and at no others.

use highball_jobs::backend::{End, NewJob};

use super::{NOW, claim, job, store};
use crate::store::Store;

fn push(store: &mut Store, jobs: &[NewJob]) {
    let pushed = store.transact(|session| session.push(jobs, NOW));
    assert_eq!(pushed.expect("they are stored").len(), jobs.len());
}

/// Claims jobs, and returns their payloads, and how many rows were looked at.
fn take(store: &mut Store, most: usize) -> (Vec<String>, usize) {
    let taken = store.transact(|session| {
        let claimed = session.claim(&claim(most), NOW)?;
        let payloads = claimed.into_iter().map(|job| job.payload).collect();
        Ok((payloads, session.looks))
    });
    taken.expect("a claim")
}

#[test]
fn many_jobs_of_a_key_are_in_no_claims_way() {
    let mut store = store();
    for _ in 0..100 {
        push(&mut store, &vec![job("m"); 1000]);
    }
    push(&mut store, &["a", "a", "z", "", ""].map(job));
    let (mut payloads, looks) = take(&mut store, 9);
    payloads.sort();
    assert_eq!(
        (payloads, looks),
        (["", "", "a", "m", "z"].map(str::to_owned).to_vec(), 5)
    );
    assert_eq!(
        take(&mut store, 9),
        (Vec::new(), 0),
        "the first ones of each key run"
    );
}

#[test]
fn newer_and_later_and_finished_jobs_are_in_no_claims_way() {
    let mut store = store();
    let newer = NewJob {
        version: 2,
        ..job("")
    };
    let later = NewJob {
        due: NOW + 1,
        ..job("")
    };
    push(&mut store, &vec![newer; 500]);
    push(&mut store, &vec![later; 500]);
    push(&mut store, &vec![job(""); 500]);
    let finished = store.transact(|session| {
        for job in session.claim(&claim(500), NOW)? {
            session.settle(&job.receipt, End::Done, NOW)?;
        }
        Ok(())
    });
    finished.expect("they are done");
    push(&mut store, &[job("a")]);
    assert_eq!(take(&mut store, 9), (vec!["a".to_owned()], 1));
}

#[test]
fn versions_are_claimed_together_by_their_time() {
    let mut store = store();
    let of = |version, due, payload: &str| NewJob {
        version,
        due,
        payload: payload.to_owned(),
        ..job("")
    };
    push(
        &mut store,
        &[
            of(3, 4, "4"),
            of(1, 2, "2"),
            of(2, 1, "1"),
            of(3, 3, "3"),
            of(4, 0, "newer"),
        ],
    );
    let mut claim = claim(3);
    claim.version = 3;
    let claimed = store
        .transact(|session| session.claim(&claim, NOW))
        .expect("a claim");
    let payloads = claimed.iter().map(|job| &*job.payload).collect::<Vec<_>>();
    assert_eq!(payloads, ["1", "2", "3"]);
}
