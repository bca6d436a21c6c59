//! Reports of several generators.

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::{alone, command, file, latency, load, responses, seconds, serve};

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
