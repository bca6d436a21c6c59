//! Connections that end while jobs run.

use std::time::Duration;

use highball_jobs::backend::{Backend as _, Claim, End};

use crate::places::{Place, ask, claim, job, push, recover, settle, wait};

fn suspect() -> Claim {
    let suspect = true;
    Claim { suspect, ..ask(1) }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_of_a_lost_connection_runs_again_and_its_first_attempt_is_shut_out() {
    let Some(place) = Place::new().await else {
        return;
    };
    let (proxy, url) = place.proxy();
    let amqp = place.settings_at(&url).build().unwrap();
    for payload in ["1", "2", "3"] {
        push(&amqp, job(payload)).await.unwrap();
    }
    let old = claim(&amqp, ask(2)).await;
    assert_eq!(old.len(), 2);
    proxy.cut();
    // The third job has the delivery tag 1 of the new connection, which is that of the first one.
    let (third, _) = wait(&amqp, ask(1)).await;
    assert_eq!(third.payload, "3");
    assert!(
        amqp.renew(
            "a worker".to_owned(),
            vec![third.receipt.job.clone()],
            Duration::from_secs(9)
        )
        .await
        .unwrap()
        .contains(&third.receipt.job)
    );
    for job in &old {
        assert!(!settle(&amqp, job, End::Done).await);
    }
    assert!(settle(&amqp, &third, End::Done).await);
    recover(&amqp).await;
    for _ in 0..2 {
        assert!(claim(&amqp, ask(9)).await.is_empty());
        let (again, _) = wait(&amqp, suspect()).await;
        assert_eq!((again.attempt, again.crashes), (2, 1));
        assert!(old.iter().any(|job| job.payload == again.payload));
        assert!(settle(&amqp, &again, End::Done).await);
    }
    let counts = amqp.counts().await.unwrap();
    assert!(counts.is_empty(), "{counts:?}");
}

/// Each process that takes the job ends. The good job behind it is done.
#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_ends_three_processes_is_parked() {
    let Some(place) = Place::new().await else {
        return;
    };
    let amqp = place.amqp();
    push(&amqp, job("poison")).await.unwrap();
    push(&amqp, job("good")).await.unwrap();
    recover(&amqp).await;
    let (proxy, url) = place.proxy();
    for process in 0..3 {
        let doomed = place.settings_at(&url).build().unwrap();
        recover(&doomed).await;
        let ask = if process == 0 { ask(1) } else { suspect() };
        // The main queue is looked at first, which moves the job to those that have crashed.
        claim(&doomed, self::ask(0)).await;
        let (poison, _) = wait(&doomed, ask).await;
        assert_eq!((&*poison.payload, poison.crashes), ("poison", process));
        proxy.cut();
        // Another process continues meanwhile.
        if process == 0 {
            let (good, _) = wait(&amqp, self::ask(1)).await;
            assert_eq!(good.payload, "good");
            assert!(settle(&amqp, &good, End::Done).await);
            for _ in 0..50 {
                assert!(claim(&amqp, self::ask(9)).await.is_empty());
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    }
    for _ in 0..50 {
        assert!(claim(&amqp, suspect()).await.is_empty());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let parked = amqp.list("work".to_owned(), highball_jobs::backend::State::Parked, 9);
    let parked = parked.await.unwrap().pop().unwrap();
    assert_eq!((&*parked.payload, parked.crashes), ("poison", 3));
    assert!(parked.reason.unwrap().contains("its process"));
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_of_two_processes_share_no_job() {
    let Some(place) = Place::new().await else {
        return;
    };
    let (one, two) = (place.amqp(), place.settings().build().unwrap());
    let jobs = (0..200).map(|number| job(&number.to_string())).collect();
    one.push(jobs, crate::places::now()).await.unwrap();
    let work = |amqp: highball_jobs_amqp::Amqp| async move {
        let mut done = Vec::new();
        loop {
            let claimed = claim(&amqp, ask(8)).await;
            if claimed.is_empty() {
                return done;
            }
            for job in claimed {
                assert!(settle(&amqp, &job, End::Done).await);
                done.push(job.payload);
            }
        }
    };
    let (first, second) = tokio::join!(tokio::spawn(work(one)), tokio::spawn(work(two)));
    let (first, second) = (first.unwrap(), second.unwrap());
    assert!(!first.is_empty() && !second.is_empty());
    let mut all = [first, second].concat();
    assert_eq!(all.len(), 200);
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 200);
}
