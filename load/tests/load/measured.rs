//! Measurements of servers with known delays.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::support::{alone, command, file, latency, report, reported, responses, serve};

#[test]
fn known_delay_is_measured() {
    let url = serve().url("/slow");
    let report = report(&["-c", "8", "-d", "2s", &url]);
    let median = latency(&report, 0.5);
    assert!((20.0..40.0).contains(&median), "{median} ms");
    let responses = responses(&report, 0, "200");
    assert!(
        (400..=808).contains(&responses),
        "{responses} of 800 at most, and a last one each"
    );
}

/// In an open loop, the requests that are due while the server stalls count with their whole wait. In a closed loop,
/// each connection notices the stall once.
#[test]
fn rate_does_not_wait_for_the_server() {
    for (rate, waits) in [(&["-r", "200"][..], true), (&[], false)] {
        let url = serve().url("/stall");
        let report = report(&[&["-c", "8", "-d", "3s", &url], rate].concat());
        let p80 = latency(&report, 0.8);
        if waits {
            // A third of the requests is due in the stall, evenly distributed: a fifth of all waits for 400 ms or
            // more.
            assert!((250.0..550.0).contains(&p80), "{p80} ms");
            assert_eq!(responses(&report, 0, "200"), 600);
        } else {
            assert!(p80 < 50.0, "{p80} ms");
        }
    }
}

#[test]
fn rate_rises_evenly() {
    let url = serve().url("/ping");
    let _alone = alone();
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let begin = now.expect("it is after 1970").as_secs() + 2;
    let mut command = command(&["--json", "-", "-c", "4", "-r", "0..200:2s", "-r", "200:1s"]);
    command.args(["--start-at", &begin.to_string(), &url]);
    let report = reported(&command.output().expect("it runs"));
    assert_eq!(responses(&report, 0, "200"), 400);
    assert_eq!(report["unsent"], 0);
    for (second, count) in (begin..).zip([50, 150, 200_u64]) {
        let record = &report["timeline"][second.to_string()];
        let responses = record["statuses"]["200"].as_u64().unwrap_or(0);
        assert!(responses.abs_diff(count) < 20, "{report}");
    }
}

#[test]
fn targets_have_weights_methods_and_bodies() {
    let addr = serve().addr;
    let targets = file("targets.toml");
    let text = format!(
        "[[target]]\nurl = 'http://{addr}/echo'\nmethod = 'POST'\nbody = 'hello'\n\
         headers = {{ content-type = 'text/plain' }}\n"
    );
    std::fs::write(&targets, text).expect("it is written");
    let (ping, missing) = (
        format!("2:http://{addr}/ping"),
        format!("http://{addr}/nowhere"),
    );
    let file = targets.to_str().expect("text");
    let report = report(&["-r", "400", "-d", "1s", "--targets", file, &ping, &missing]);
    std::fs::remove_file(&targets).expect("it is there");
    let counts = [
        responses(&report, 0, "200"),
        responses(&report, 1, "404"),
        responses(&report, 2, "200"),
    ];
    assert_eq!(counts.iter().sum::<u64>(), 400);
    for (count, expected) in counts.into_iter().zip([200, 100, 100_u64]) {
        assert!(count.abs_diff(expected) < 10, "{counts:?}");
    }
    assert_eq!(report["targets"][2]["record"]["bytes"], counts[2] * 5);
}

#[test]
fn http2_is_supported() {
    let url = serve().url("/slow");
    let args = ["--http2", "-c", "2", "--streams", "8", "-d", "1s", &url];
    let report = report(&args);
    // 16 requests at once, of 20 ms each.
    let responses = responses(&report, 0, "200");
    assert!((400..=816).contains(&responses), "{responses}");
}
