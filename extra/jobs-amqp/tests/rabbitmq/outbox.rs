//! Jobs that wait in the database of an app until RabbitMQ has them.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use highball_faults::{Folder, rabbitmq_or_skip};
use highball_jobs::Jobs;
use highball_jobs_amqp::Amqp;
use lapin::options::QueueDeleteOptions;

use crate::{broker::set_memory, places::Place, shop::Process};

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn an_app_with_an_outbox_starts_and_serves_without_a_broker() {
    let nowhere = || Amqp::at("amqp://127.0.0.1:1").build().unwrap();
    assert!(Jobs::on(nowhere()).prepare().await.is_err());
    let folder = Folder::new();
    let process = Process::start(&folder.file("shop.db"), nowhere())
        .await
        .work();
    for order in 0..20 {
        process.order(order).await;
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(process.waiting().await, 20);
    // A relay could never publish it.
    let refused = process.session.post("/ordered/1").send().await;
    assert_eq!(refused.status(), 500);
    assert_eq!(process.waiting().await, 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_route_is_as_quick_while_the_broker_is_blocked() {
    let Some(server) = rabbitmq_or_skip().await else {
        return;
    };
    let place = Place::at(server.url());
    let folder = Folder::new();
    let process = Process::start(&folder.file("shop.db"), place.amqp())
        .await
        .work();
    let usual = times(&process, 0).await;
    set_memory(&server, "0.0001").await;
    let blocked = times(&process, 200).await;
    compare(usual, blocked, process.waiting().await);
    set_memory(&server, "0.4").await;
    assert!(process.settled(&orders(400), MINUTE).await.is_empty());
    server.pause().await;
    let begun = Instant::now();
    let paused = times(&process, 400).await;
    compare(usual, paused, process.waiting().await);
    // The long form is longer than the heartbeat, so the connections are lost.
    let pause = Duration::from_secs(if is_full() { 60 } else { 0 });
    tokio::time::sleep(pause.saturating_sub(begun.elapsed())).await;
    server.resume().await;
    assert!(process.settled(&orders(600), MINUTE).await.is_empty());
    assert!(process.twice().await.is_empty());
}

fn is_full() -> bool {
    std::env::var("CI_FULL").is_ok_and(|value| value == "1")
}

fn orders(count: i64) -> Vec<i64> {
    (0..count).collect()
}

/// Sends 200 orders, and returns the median, the 99th percentile and the longest time.
async fn times(process: &Process, first: i64) -> [Duration; 3] {
    let mut times = Vec::new();
    for order in first..first + 200 {
        times.push(process.order(order).await);
    }
    times.sort();
    [times[100], times[197], times[199]]
}

/// Checks the times of a route whose broker takes nothing.
fn compare(usual: [Duration; 3], now: [Duration; 3], waiting: i64) {
    println!("median, p99 and maximum {usual:?} and {now:?}, {waiting} wait");
    assert!(
        now[0] < usual[0] * 2 + Duration::from_millis(5),
        "{usual:?}, {now:?}"
    );
    // On a machine with other work, two of 200 are often late.
    let most = usual[1] * 11 / 10 + Duration::from_millis(5);
    assert!(!is_full() || now[1] < most, "{usual:?}, {now:?}");
    // A route that waited for a confirm would take two seconds.
    assert!(now[2] < Duration::from_millis(1_500), "{now:?}");
    // Those that were under way may be in the broker.
    assert!(waiting >= 100, "{waiting}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_order_has_its_points_once_although_the_broker_is_killed() {
    let Some(server) = rabbitmq_or_skip().await else {
        return;
    };
    let place = Place::at(server.url());
    let folder = Folder::new();
    let process = Process::start(&folder.file("shop.db"), place.amqp())
        .await
        .work();
    let killing = async {
        for _ in 0..2 {
            tokio::time::sleep(Duration::from_secs(2)).await;
            server.kill().await;
            tokio::time::sleep(Duration::from_secs(1)).await;
            server.start_again().await;
        }
    };
    let mut orders = Vec::new();
    let ordering = async {
        for order in 0.. {
            process.order(order).await;
            orders.push(order);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::select! {
        () = killing => {}
        () = ordering => {}
    }
    println!("{} orders", orders.len());
    assert!(orders.len() > 100);
    let missing = process.settled(&orders, MINUTE).await;
    assert!(missing.is_empty(), "{missing:?}");
    assert!(process.twice().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_queue_loses_no_job_of_an_outbox_that_comes_later() {
    let Some(place) = Place::new().await else {
        return;
    };
    let folder = Folder::new();
    let process = Process::start(&folder.file("shop.db"), place.amqp())
        .await
        .work();
    let channel = place.channel().await;
    let queue = format!("{}.points", place.prefix);
    for order in 0..100 {
        process.order(order).await;
        if order % 30 == 20 {
            let options = QueueDeleteOptions::default();
            let deleted = channel.queue_delete(queue.as_str().into(), options).await;
            deleted.unwrap();
        }
    }
    // The jobs that were in the queue are deleted with it.
    let later = (81..100).collect::<Vec<_>>();
    let missing = process.settled(&later, MINUTE).await;
    assert!(missing.is_empty(), "{missing:?}");
    assert!(process.twice().await.is_empty());
}

/// The variables of a process that is killed: the file of the database, the URL, the prefix and the first order.
const VARIABLES: [&str; 4] = ["TEST_FILE", "TEST_URL", "TEST_PREFIX", "TEST_ORDER"];

/// The program of a process, which sends orders and prints those that were accepted.
#[tokio::test(flavor = "multi_thread")]
async fn process_that_is_killed() {
    let [Ok(file), Ok(url), Ok(prefix), Ok(first)] = VARIABLES.map(std::env::var) else {
        return;
    };
    let amqp = Amqp::at(url).prefix(prefix).build().unwrap();
    let process = Process::start(Path::new(&file), amqp).await.work();
    let first = first.parse::<i64>().unwrap();
    for order in first..first + 5000 {
        process.order(order).await;
        println!("accepted {order}");
    }
}

fn spawn(folder: &Folder, place: &Place, first: usize) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    let file = folder.file("shop.db");
    let values = [
        file.to_str().unwrap(),
        &place.url,
        &place.prefix,
        &first.to_string(),
    ];
    let variables = VARIABLES.into_iter().zip(values);
    command
        .args(["--exact", "outbox::process_that_is_killed", "--nocapture"])
        .envs(variables)
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command.spawn().unwrap()
}

/// Kills a process after this number of its orders, and returns those that were accepted.
fn kill_after(mut child: Child, count: usize) -> Vec<i64> {
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut accepted = Vec::new();
    for line in lines {
        if let Some(order) = line.unwrap_or_default().strip_prefix("accepted ") {
            accepted.push(order.parse().unwrap());
        }
        if accepted.len() == count {
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    accepted
}

#[tokio::test(flavor = "multi_thread")]
async fn each_order_has_its_points_once_although_processes_are_killed() {
    let Some(place) = Place::new().await else {
        return;
    };
    let folder = Folder::new();
    let mut orders = Vec::new();
    for (round, count) in [60, 95, 130, 75].into_iter().enumerate() {
        let child = spawn(&folder, &place, round * 10_000);
        let accepted = tokio::task::spawn_blocking(move || kill_after(child, count));
        orders.extend(accepted.await.unwrap());
    }
    assert!(orders.len() >= 360);
    let process = Process::start(&folder.file("shop.db"), place.amqp()).await;
    let left = process.waiting().await;
    let process = process.work();
    let begun = Instant::now();
    let missing = process.settled(&orders, MINUTE).await;
    println!(
        "{} orders, {left} were left, {:?}",
        orders.len(),
        begun.elapsed()
    );
    assert!(missing.is_empty(), "{missing:?}");
    assert!(process.twice().await.is_empty());
}
