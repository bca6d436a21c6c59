//! Faults of the broker itself, which the test starts.

use std::{
    collections::HashSet,
    path::PathBuf,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use highball_faults::{Server, rabbitmq_or_skip};
use highball_jobs::backend::{Backend as _, Claim, End, Fault, JobId, NewJob};
use highball_jobs_amqp::Amqp;

use crate::places::{Place, ask, claim, job, now, push, settle, wait};

/// Runs a command of an operator.
fn control(server: &Server, pids: &[u32], arguments: &[&str]) {
    let environment = pids.iter().find_map(|pid| {
        let text = std::fs::read_to_string(format!("/proc/{pid}/environ")).ok()?;
        let epmd = text
            .split('\0')
            .find_map(|line| line.strip_prefix("ERL_EPMD_PORT="))?;
        Some(epmd.to_owned())
    });
    let cookie = server.directory().join("data/.erlang.cookie");
    let cookie = std::fs::read_to_string(cookie).expect("a cookie");
    let usual = PathBuf::from("/usr/lib/rabbitmq/bin/rabbitmqctl");
    let program = if usual.exists() {
        usual
    } else {
        "rabbitmqctl".into()
    };
    let output = Command::new(program)
        .env(
            "ERL_EPMD_PORT",
            environment.expect("a process of the server"),
        )
        .env("HOME", server.directory().join("data"))
        .args(["-n", "faults@localhost", "--erlang-cookie", cookie.trim()])
        .args(arguments)
        .output()
        .expect("the program exists");
    assert!(output.status.success(), "{output:?}");
}

pub(crate) async fn set_memory(server: &Server, share: &'static str) {
    let pids = server.processes().await;
    control(server, &pids, &["set_vm_memory_high_watermark", share]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_without_memory_refuses_jobs_at_once() {
    let Some(server) = rabbitmq_or_skip().await else {
        return;
    };
    let place = Place::at(server.url());
    let amqp = place.amqp();
    push(&amqp, job("1")).await.unwrap();
    set_memory(&server, "0.0001").await;
    // RabbitMQ reports it to a connection that publishes.
    let mut errors = Vec::new();
    for number in 0..5 {
        let begun = Instant::now();
        let outcome = push(&amqp, job("3")).await;
        errors.extend(
            outcome
                .err()
                .map(|error| (number, error.fault(), begun.elapsed())),
        );
    }
    println!("{errors:?}");
    // Only the message under way at the block waits for the report.
    assert!(errors.len() >= 4, "{errors:?}");
    for (_, fault, waited) in errors {
        assert_eq!(fault, Fault::Blocked);
        assert!(waited < Duration::from_millis(500), "{waited:?}");
    }
    set_memory(&server, "0.4").await;
    let begun = Instant::now();
    while push(&amqp, job("2")).await.is_err() {
        assert!(begun.elapsed() < Duration::from_secs(20));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let payloads = claim(&amqp, ask(9))
        .await
        .into_iter()
        .map(|job| job.payload);
    let payloads = payloads.collect::<Vec<_>>();
    assert!(
        payloads.contains(&"1".to_owned()) && payloads.contains(&"2".to_owned()),
        "{payloads:?}"
    );
}

/// A message that is not for this worker is moved to a delay queue, which takes none now.
#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_cannot_be_moved_is_kept_for_the_next_claim() {
    let Some(server) = rabbitmq_or_skip().await else {
        return;
    };
    let place = Place::at(server.url());
    let amqp = place.amqp();
    let newer = NewJob {
        version: 2,
        ..job("newer")
    };
    push(&amqp, newer).await.unwrap();
    set_memory(&server, "0.0001").await;
    for _ in 0..5 {
        let error = amqp.claim(ask(9), now()).await.unwrap_err();
        assert_eq!(error.fault(), Fault::Blocked, "{error}");
    }
    set_memory(&server, "0.4").await;
    let begun = Instant::now();
    while amqp.claim(ask(9), now()).await.is_err() {
        assert!(begun.elapsed() < Duration::from_secs(20));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let version = 2;
    let (newer, _) = wait(&amqp, Claim { version, ..ask(9) }).await;
    assert_eq!(
        (&*newer.payload, newer.attempt, newer.crashes),
        ("newer", 1, 0)
    );
}

/// Jobs are done while none can be published, so an alarm that they have caused can end.
#[tokio::test(flavor = "multi_thread")]
async fn jobs_are_taken_and_done_while_the_broker_is_blocked() {
    let Some(server) = rabbitmq_or_skip().await else {
        return;
    };
    let place = Place::at(server.url());
    let amqp = place.amqp();
    for payload in ["1", "2", "3"] {
        push(&amqp, job(payload)).await.unwrap();
    }
    set_memory(&server, "0.0001").await;
    while push(&amqp, job("refused")).await.is_ok() {}
    let patience = Duration::from_secs(5);
    for payload in ["1", "2", "3"] {
        let claimed = tokio::time::timeout(patience, claim(&amqp, ask(1))).await;
        let claimed = claimed.expect("in time").pop().unwrap();
        assert_eq!(claimed.payload, payload);
        let ended = settle(&amqp, &claimed, End::Done);
        assert!(
            tokio::time::timeout(patience, ended)
                .await
                .expect("in time")
        );
    }
    let counts = tokio::time::timeout(patience, amqp.counts()).await;
    let counts = counts.expect("in time").unwrap();
    assert!(counts.iter().all(|count| count.jobs <= 1), "{counts:?}");
}

/// Publishes until the end, and returns the ids that were confirmed.
async fn publish(amqp: Amqp, has_ended: Arc<AtomicBool>) -> Vec<JobId> {
    let mut confirmed = Vec::new();
    while !has_ended.load(Relaxed) {
        match push(&amqp, job("1")).await {
            Ok(pushed) => confirmed.extend(pushed[0].id().cloned()),
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
    confirmed
}

/// Does jobs until none has come for some seconds after the end, and returns their ids.
async fn work(amqp: Amqp, has_ended: Arc<AtomicBool>) -> Vec<JobId> {
    let (mut done, mut last) = (Vec::new(), Instant::now());
    while !has_ended.load(Relaxed) || last.elapsed() < Duration::from_secs(4) {
        if !has_ended.load(Relaxed) {
            last = Instant::now();
        }
        for suspect in [false, true] {
            let most = if suspect { 1 } else { 8 };
            let claimed = amqp
                .claim(
                    Claim {
                        suspect,
                        ..ask(most)
                    },
                    now(),
                )
                .await;
            for job in claimed.unwrap_or_default() {
                last = Instant::now();
                done.push(job.receipt.job.clone());
                // An acknowledgement may arrive although its connection is lost, so its result is no proof.
                drop(amqp.settle(job.receipt, End::Done, now()).await);
            }
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    done
}

#[tokio::test(flavor = "multi_thread")]
async fn each_confirmed_job_is_done_although_the_broker_is_killed_and_stopped() {
    let Some(server) = rabbitmq_or_skip().await else {
        return;
    };
    let place = Place::at(server.url());
    let has_ended = Arc::new(AtomicBool::new(false));
    let publisher = tokio::spawn(publish(place.amqp(), Arc::clone(&has_ended)));
    let other = place.settings().build().unwrap();
    let workers =
        [place.amqp(), other].map(|amqp| tokio::spawn(work(amqp, Arc::clone(&has_ended))));
    tokio::time::sleep(Duration::from_secs(2)).await;
    server.kill().await;
    server.start_again().await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    server.stop().await;
    server.start_again().await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    has_ended.store(true, Relaxed);
    let confirmed = publisher.await.unwrap();
    let mut done = Vec::new();
    for worker in workers {
        done.extend(worker.await.unwrap());
    }
    let different = done.iter().collect::<HashSet<_>>();
    let missing = confirmed
        .iter()
        .filter(|id| !different.contains(id))
        .count();
    println!(
        "{} confirmed, {} attempts, {} different",
        confirmed.len(),
        done.len(),
        different.len()
    );
    assert!(confirmed.len() > 100);
    assert_eq!(missing, 0);
}
