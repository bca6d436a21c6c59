//! Reports of several generators.

use std::{
    io::Write as _,
    process::{Command, Output, Stdio},
    time::{SystemTime, UNIX_EPOCH},
};

use serde_json::Value;

use crate::support::{alone, command, file, latency, load, reported, responses, seconds, serve};

#[test]
fn reports_add_up() {
    let url = serve().url("/ping");
    let parts = [file("one.json"), file("two.json")];
    let names: Vec<&str> = parts
        .iter()
        .map(|path| path.to_str().expect("text"))
        .collect();
    let alone = alone();
    let runs: Vec<_> = names
        .iter()
        .zip(["100", "50"])
        .map(|(name, rate)| {
            let mut run = command(&["-c", "2", "-r", rate, "-d", "2s", "--json", name, &url]);
            run.stdout(Stdio::null()).spawn().expect("it runs")
        })
        .collect();
    for mut run in runs {
        assert!(run.wait().expect("it ends").success());
    }
    drop(alone);
    let (sum, page) = (file("sum.json"), file("sum.html"));
    let output = Command::new(env!("CARGO_BIN_EXE_highball-load"))
        .args(["merge", "--require", "errors<1%", "--json"])
        .arg(&sum)
        .arg("--html")
        .arg(&page)
        .args(&names)
        .output()
        .expect("it runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(
        text.contains("2 generators, 100 and 50 requests per second") && text.contains("200: 300"),
        "{text}"
    );
    let report: Value =
        serde_json::from_slice(&std::fs::read(&sum).expect("it is written")).expect("JSON");
    assert_eq!(responses(&report, 0, "200"), 300);
    assert!((2.0..2.2).contains(&seconds(&report)), "{report}");
    assert!(latency(&report, 0.5) < 20.0);
    let html = std::fs::read_to_string(&page).expect("it is written");
    assert_eq!(html.matches("<svg").count(), 3);
    assert!(
        !html.contains("src=") && !html.contains("href="),
        "it needs nothing else"
    );
    for path in parts.iter().chain([&sum, &page]) {
        std::fs::remove_file(path).expect("it is there");
    }
}

#[test]
fn runs_one_after_the_other_do_not_add_up() {
    let url = serve().url("/ping");
    let parts = [file("first.json"), file("second.json")];
    for path in &parts {
        let output = load(&[
            "-r",
            "20",
            "-d",
            "1s",
            "--json",
            path.to_str().expect("text"),
            &url,
        ]);
        assert!(output.status.success());
        std::thread::sleep(std::time::Duration::from_millis(1100));
    }
    let mut merge = Command::new(env!("CARGO_BIN_EXE_highball-load"));
    let output = merge.arg("merge").args(&parts).output().expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stderr).expect("text");
    assert!(text.contains("--start-at"), "{text}");
    for path in &parts {
        std::fs::remove_file(path).expect("it is there");
    }
}

/// Returns the present second since 1970.
fn now() -> u64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH);
    elapsed.expect("a clock after 1970").as_secs()
}

/// Runs each of these shards at the same time. Returns their reports, each on one line.
fn run_shards(url: &str, shards: &[&str]) -> Vec<String> {
    let _alone = alone();
    let at = (now() + 2).to_string();
    let options = [
        "-c",
        "2",
        "-r",
        "151",
        "-d",
        "1s",
        "--json",
        "-",
        "--start-at",
        &at,
    ];
    let runs: Vec<_> = shards
        .iter()
        .map(|shard| {
            let mut run = command(&[&options[..], &["--shard", shard, url]].concat());
            run.stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .expect("it runs")
        })
        .collect();
    runs.into_iter()
        .map(|run| {
            let output = run.wait_with_output().expect("it ends");
            assert!(output.status.success());
            String::from_utf8(output.stdout).expect("text")
        })
        .collect()
}

/// Merges what standard input contains, as the logs of pods.
fn merge_logs(args: &[&str], logs: &str) -> Output {
    let mut merge = Command::new(env!("CARGO_BIN_EXE_highball-load"))
        .args(["merge", "--json", "-"])
        .args(args)
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut stdin = merge.stdin.take().expect("it is piped");
    stdin.write_all(logs.as_bytes()).expect("it reads");
    drop(stdin);
    merge.wait_with_output().expect("it ends")
}

#[test]
fn shards_are_one_load() {
    let server = serve();
    let reports = run_shards(&server.url("/ping"), &["2/3", "0/3", "1/3"]);
    // 151 requests are due: 51, 50 and 50.
    for (report, share) in reports.iter().zip([50, 51, 50]) {
        let report: Value = serde_json::from_str(report).expect("JSON");
        assert_eq!(responses(&report, 0, "200"), share);
    }
    assert_eq!(server.hits(), 151);

    let logs = format!("a line of a log\n{}latency p50 1 ms\n", reports.concat());
    let output = merge_logs(&["--require", "errors<0.1%"], &logs);
    let shown = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        shown.contains("3 generators, 3 of 3 shards of 151 requests per second"),
        "{shown}"
    );
    let sum = reported(&output);
    assert_eq!(responses(&sum, 0, "200"), 151);
    // The merged histogram has each response once: the sum of the counts is the number of responses.
    let buckets = sum["targets"][0]["record"]["latency"]["buckets"].as_array();
    let counted = buckets
        .expect("buckets")
        .iter()
        .map(|bucket| bucket[1].as_u64());
    assert_eq!(counted.sum::<Option<u64>>(), Some(151));

    let failure = |logs: &str| {
        let output = merge_logs(&[], logs);
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).expect("text")
    };
    // A pod that ran twice, a pod without a report, a report that was cut off, and one of another run.
    let twice = failure(&format!("{logs}{}", reports[0]));
    assert!(twice.contains("two reports of shard 2/3"), "{twice}");
    let missing = failure(&reports[..2].concat());
    assert!(missing.contains("no report of shard 1/3"), "{missing}");
    let cut = failure(&format!("{}{}", reports[0], &reports[1][..90]));
    assert!(cut.contains("incomplete report"), "{cut}");
    let other = reports[1].replace("\"start_at\":1", "\"start_at\":2");
    let other = failure(&format!("{}{other}", reports[0]));
    assert!(other.contains("different `--start-at`"), "{other}");
    let partial = merge_logs(&["--partial"], &reports[..2].concat());
    assert_eq!(responses(&reported(&partial), 0, "200"), 101);
}

#[test]
fn shard_that_begins_late_sends_nothing() {
    let server = serve();
    let late = (now() - 1).to_string();
    let output = load(&["--start-at", &late, "--shard", "0/2", &server.url("/ping")]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(server.hits(), 0);
    // Without a common start, shards would not be one load.
    let output = load(&["--shard", "0/2", &server.url("/ping")]);
    assert_eq!(output.status.code(), Some(2));
}
