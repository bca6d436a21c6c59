//! A process that is killed in the middle of its work.

use std::{
    collections::HashSet,
    fs,
    io::Write,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use highball_jobs::backend::{Backend, End, NewJob, State};

use crate::place::{NOW, Place, asking, claim, job, recover, settle};

/// The variable with the directory of a process that a test kills.
const FOLDER: &str = "REDB_TEST_KILLED";

/// How many tasks publish at the same time.
const PUBLISHERS: usize = 8;

/// A process, which is killed when it is dropped.
struct Killed(Child);

impl Killed {
    fn start(place: &Place) -> Self {
        let program = std::env::current_exe().expect("this program");
        let test = "crash::what_was_acknowledged_survives_a_kill";
        let mut command = Command::new(program);
        command.args(["--exact", test, "--nocapture"]);
        command.env(FOLDER, place.file().parent().expect("a directory"));
        command.stdout(Stdio::null());
        Self(command.spawn().expect("a process"))
    }
}

impl Drop for Killed {
    fn drop(&mut self) {
        // On Unix this is SIGKILL.
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// A job with its payload twice, so that a part of it can be recognized.
fn long(text: &str) -> NewJob {
    NewJob {
        producer: text.to_owned().into(),
        order_key: Some(format!("key {}", text.len() % 3)),
        ..job(&format!("{text} {}", "x".repeat(3000)))
    }
}

/// Publishes and settles jobs until the process is killed. A line of a file acknowledges each of them.
async fn work(folder: &Path) {
    let redb = highball_jobs_redb::Redb::open(folder.join("jobs.redb")).expect("the file");
    let process = std::process::id();
    let open = |name: &str| {
        let file = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(folder.join(name));
        file.expect("a file")
    };
    let mut tasks = tokio::task::JoinSet::new();
    for publisher in 0..PUBLISHERS {
        let (redb, mut log) = (redb.clone(), open("pushed"));
        tasks.spawn(async move {
            for number in 0.. {
                let text = format!("{process}-{publisher}-{number}");
                let pushed = redb
                    .push(vec![long(&text)], NOW)
                    .await
                    .expect("it is stored");
                let line = format!("{} {text}\n", pushed[0].id().expect("an id"));
                log.write_all(line.as_bytes()).expect("a line");
            }
        });
    }
    let mut log = open("done");
    tasks.spawn(async move {
        loop {
            let mut suspect = asking(1);
            suspect.suspect = true;
            let mut claimed = redb.claim(suspect, NOW).await.expect("a claim");
            claimed.extend(claim(&redb, 3).await);
            for job in claimed {
                assert!(settle(&redb, &job, End::Done).await);
                let line = format!("{} {}\n", job.receipt.job, job.producer);
                log.write_all(line.as_bytes()).expect("a line");
            }
        }
    });
    tasks.join_all().await;
}

/// Returns the lines of a file. A line is written at once, so none is torn.
fn lines(place: &Place, name: &str) -> HashSet<String> {
    let text = fs::read_to_string(place.file().with_file_name(name)).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

/// Waits until the process has done some work.
fn wait_for_more(place: &Place, before: [usize; 2]) {
    for _ in 0..1000 {
        let now = progress(place);
        if now[0] > before[0] + 50 && now[1] > before[1] + 5 {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("the process does no work");
}

/// Returns how many jobs were pushed and done.
fn progress(place: &Place) -> [usize; 2] {
    ["pushed", "done"].map(|name| lines(place, name).len())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_a_kill() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        return work(Path::new(&folder)).await;
    }
    let place = Place::new();
    for round in 0..4 {
        let before = progress(&place);
        let killed = Killed::start(&place);
        wait_for_more(&place, before);
        // At another moment of its work in each round.
        std::thread::sleep(Duration::from_millis(round * 7));
        drop(killed);
        check(&place).await;
    }
}

/// Compares the file with what was acknowledged.
async fn check(place: &Place) {
    let (pushed, done) = (lines(place, "pushed"), lines(place, "done"));
    let redb = place.open();
    let mut found = HashSet::new();
    let mut numbers = Vec::new();
    for state in State::ALL {
        let listed = redb
            .list("points".to_owned(), state, usize::MAX)
            .await
            .expect("a list");
        for job in &listed {
            let text = job.producer.clone();
            assert_eq!(job.payload, long(&text).payload, "a torn job");
            let line = format!("{} {text}", job.id);
            assert!(
                state == State::Done || !done.contains(&line),
                "{line} is {state}"
            );
            assert!(found.insert(line), "a job is in two states");
        }
        numbers.push((state, listed.len()));
    }
    let lost = pushed.difference(&found).collect::<Vec<_>>();
    assert!(lost.is_empty(), "{lost:?} were acknowledged");
    for (state, number) in numbers {
        let counts = redb.counts().await.expect("counts");
        let count = counts.iter().find(|count| count.state == state);
        let expected = if state == State::Done {
            0
        } else {
            number as u64
        };
        assert_eq!(count.map_or(0, |count| count.jobs), expected, "{state}");
    }
    recover(&redb).await;
}
