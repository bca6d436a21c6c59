//! Orders arrive while processes and the database are killed.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use highball_faults::Random;
use highball_jobs::Jobs;
use orders::{Email, Points, Sink};
use tokio::task::JoinSet;

use crate::{
    client::{address_of, id, order},
    is_full,
    place::Place,
    process::Process,
};

/// The pause between two orders: 200 in a second.
const EVERY: Duration = Duration::from_millis(5);

/// How long the jobs may take when nothing is killed any more.
const DRAIN: Duration = Duration::from_secs(120);

/// The processes of one round.
struct Fleet<'a> {
    place: &'a Place,
    sink: &'a Sink,
    server: Option<Process>,
    workers: [Option<Process>; 2],
    /// The address of the server that runs now.
    address: Arc<Mutex<SocketAddr>>,
    kills: usize,
}

impl<'a> Fleet<'a> {
    fn start(place: &'a Place, sink: &'a Sink) -> Self {
        let (server, address) = Process::server(place, sink);
        Self {
            place,
            sink,
            server: Some(server),
            workers: [(); 2].map(|()| Some(Process::worker(place, sink))),
            address: Arc::new(Mutex::new(address)),
            kills: 0,
        }
    }

    /// Kills one process, and starts another one in place of it.
    fn kill_one(&mut self, which: usize) {
        self.kills += 1;
        let slot = match which {
            0 => &mut self.server,
            worker => &mut self.workers[worker - 1],
        };
        if let Some(process) = slot.take() {
            process.kill();
        }
        *slot = Some(match which {
            0 => {
                let (server, address) = Process::server(self.place, self.sink);
                *self.address.lock().expect("no panic") = address;
                server
            }
            _ => Process::worker(self.place, self.sink),
        });
    }
}

/// The results of the clients.
#[derive(Default)]
struct Seen {
    /// The numbers in the test and in the database of the orders that were answered with 202.
    accepted: Vec<(usize, i64)>,
    refused: usize,
    unanswered: usize,
}

/// Sends orders at a fixed rate, to the server that runs at the time.
async fn load(address: Arc<Mutex<SocketAddr>>, orders: usize) -> Seen {
    let mut requests = JoinSet::new();
    let mut ticks = tokio::time::interval(EVERY);
    for number in 0..orders {
        ticks.tick().await;
        let address = *address.lock().expect("no panic");
        requests.spawn(async move { (number, order(address, number).await) });
    }
    let mut seen = Seen::default();
    while let Some(ended) = requests.join_next().await {
        match ended.expect("no panic") {
            (number, Ok((202, body))) => seen.accepted.push((number, id(&body))),
            (_, Ok((status, body))) => {
                assert!((500..=503).contains(&status), "{status}: {body}");
                seen.refused += 1;
            }
            (_, Err(_)) => seen.unanswered += 1,
        }
    }
    seen
}

const UNFINISHED: &str =
    "SELECT count(*) FROM highball_jobs WHERE state < 2 AND name IN ('email', 'points')";
const PARKED: &str = "SELECT count(*) FROM highball_jobs WHERE state = 3";

/// Waits until all jobs are done. Returns how many had to be queued again, because three of their processes were
/// killed.
async fn drain(place: &Place) -> u64 {
    let (begun, mut requeued) = (Instant::now(), 0);
    let jobs = Jobs::new(&place.shop);
    loop {
        let unfinished = place.number(UNFINISHED).await;
        let parked = place.number(PARKED).await;
        if unfinished + parked == 0 {
            return requeued;
        }
        let (limit, waited) = (DRAIN, begun.elapsed());
        assert!(waited < limit, "{unfinished} unfinished, {parked} parked");
        for job in jobs.parked::<Email>(100).await.expect("a list") {
            let reason = job.reason.unwrap_or_default();
            assert!(job.crashes >= 3, "{reason}");
        }
        requeued += jobs.requeue_all::<Email>(100).await.expect("a number");
        requeued += jobs.requeue_all::<Points>(100).await.expect("a number");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Compares what clients have seen with what is stored and sent. Returns how many mails were sent again.
async fn check(place: &Place, sink: &Sink, seen: &Seen) -> usize {
    let orders = place.number("SELECT count(*) FROM orders").await;
    let accepted = i64::try_from(seen.accepted.len()).expect("a number");
    assert!(orders >= accepted, "{orders} orders, {accepted} accepted");
    let sql = "SELECT count(*) FROM orders o WHERE
        (SELECT count(*) FROM awards a WHERE a.order_id = o.id) <> 1 OR mailed IS NULL";
    assert_eq!(
        place.number(sql).await,
        0,
        "an order lacks points or a mail"
    );
    for name in ["email", "points"] {
        let sql = match name {
            "email" => "SELECT count(*) FROM highball_jobs WHERE name = 'email'",
            _ => "SELECT count(*) FROM highball_jobs WHERE name = 'points'",
        };
        assert_eq!(place.number(sql).await, orders, "the jobs `{name}`");
    }
    let due = place
        .number("SELECT CAST(COALESCE(SUM(cents / 100 + 1), 0) AS BIGINT) FROM orders")
        .await;
    for sql in [
        "SELECT CAST(COALESCE(SUM(points), 0) AS BIGINT) FROM awards",
        "SELECT CAST(COALESCE(SUM(points), 0) AS BIGINT) FROM customers",
    ] {
        assert_eq!(place.number(sql).await, due, "{sql}");
    }
    assert_eq!(place.number("SELECT last FROM counters").await, orders);
    let ids = seen.accepted.iter().map(|(_, id)| *id);
    let distinct = ids.collect::<std::collections::BTreeSet<_>>();
    assert_eq!(
        distinct.len(),
        seen.accepted.len(),
        "a number was given twice"
    );
    for (number, id) in &seen.accepted {
        let mails = sink.mails_to(&address_of(*number));
        assert!(!mails.is_empty(), "order {id} has no mail");
        let subject = format!("Subject: Order {id}\n");
        assert!(mails[0].data.contains(&subject), "{mails:?}");
    }
    sink.count() - usize::try_from(orders).expect("a number")
}

async fn round(orders: usize, random: &mut Random) -> Option<()> {
    let place = Place::new().await?;
    let sink = Sink::start().await.expect("a port");
    let mut fleet = Fleet::start(&place, &sink);
    let begun = Instant::now();
    let loading = tokio::spawn(load(Arc::clone(&fleet.address), orders));
    let time = EVERY * u32::try_from(orders).expect("a number");
    let mut is_server_alive = place.server.is_some();
    while begun.elapsed() < time {
        tokio::time::sleep(random.millis(200, 700)).await;
        let which = match (fleet.kills, random.below(5)) {
            // Each kill of the server takes all requests with it, so it is not the usual one.
            (1, _) | (_, 0) => 0,
            (_, number) => usize::try_from(number % 2 + 1).expect("a number"),
        };
        // It waits until the new process prints its address.
        tokio::task::block_in_place(|| fleet.kill_one(which));
        if let (true, Some(server)) = (is_server_alive && begun.elapsed() > time / 2, &place.server)
        {
            is_server_alive = false;
            server.kill().await;
            tokio::time::sleep(random.millis(50, 500)).await;
            server.start_again().await;
        }
    }
    let seen = loading.await.expect("no panic");
    let loaded = begun.elapsed();
    let requeued = drain(&place).await;
    let again = check(&place, &sink, &seen).await;
    let killed_database = usize::from(place.server.is_some());
    eprintln!(
        "{orders} orders in {loaded:.1?}, {} processes and {killed_database} databases killed: {} accepted, {} refused, \
         {} without an answer; all jobs done after {:.1?}, {again} mails sent twice, {requeued} jobs parked after three \
         crashes and queued again",
        fleet.kills,
        seen.accepted.len(),
        seen.refused,
        seen.unanswered,
        begun.elapsed(),
    );
    // A killed server takes all requests that wait with it.
    assert!(fleet.kills > 2 && seen.accepted.len() > 20);
    Some(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_accepted_order_has_its_mail_and_its_points_once_after_kills() {
    let (rounds, orders) = if is_full() { (20, 5000) } else { (1, 1200) };
    let mut random = Random::from_env();
    for _ in 0..rounds {
        if round(orders, &mut random).await.is_none() {
            return;
        }
    }
}
