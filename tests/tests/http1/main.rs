//! Raw requests of HTTP/1, valid and invalid, and the responses to them. The cases are the files of `wire/`, and
//! `http1/format.rs` describes their format.
//!
//! Every case is sent in one write and in small pieces. The results must be equal, unless the case gives a reason. No
//! case may get a response from `/smuggled`, a request that only an incorrect parser finds in the bytes, or the content
//! of a file outside the served directory.

use std::{fs, net::SocketAddr, path::Path, sync::Arc};

use highball::tokio;
use tokio::{sync::Semaphore, task::JoinSet};

use app::{SECRET, Server};
use case::{Case, Step, Want};
use client::{Outcome, Played, Sending};

mod app;
mod case;
mod client;
mod format;

/// The number of cases that run concurrently.
const AT_ONCE: usize = 64;

/// Runs the cases, and returns the failures.
async fn failures(server: SocketAddr, cases: Vec<Case>) -> Vec<String> {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let mut playing = JoinSet::new();
    for case in cases {
        let places = places.clone();
        playing.spawn(async move {
            let _place = places.acquire().await;
            let failure = failure(server, &case).await;
            failure.map(|why| format!("{}: {why}", case.name))
        });
    }
    let mut failures: Vec<_> = playing.join_all().await.into_iter().flatten().collect();
    failures.sort();
    failures
}

/// Runs a case in both ways, and returns the failure, if any.
async fn failure(server: SocketAddr, case: &Case) -> Option<String> {
    let whole = play(server, case, Sending::Whole).await;
    let pieces = play(server, case, Sending::InPieces).await;
    match (whole, pieces) {
        (Ok(whole), Ok(pieces)) => {
            let must_agree = case.timing.is_empty();
            let differ = must_agree && whole != pieces;
            differ.then(|| format!("got {whole}, in pieces {pieces}"))
        }
        (Err(why), Err(too)) if why == too => Some(why),
        (Err(why), Ok(_)) => Some(format!("{why} (but not in pieces)")),
        (Ok(_), Err(why)) => Some(format!("{why} (only in pieces)")),
        (Err(why), Err(other)) => Some(format!("{why} (in pieces: {other})")),
    }
}

async fn play(server: SocketAddr, case: &Case, sending: Sending) -> Result<Outcome, String> {
    let played = client::play(server, case, sending).await;
    let played = played.map_err(|error| error.to_string())?;
    judge(case, &played)?;
    Ok(played.outcome)
}

/// Returns an error if the result does not match the case.
fn judge(case: &Case, played: &Played) -> Result<(), String> {
    let (outcome, text) = (&played.outcome, &played.text);
    let is_smuggled = app::take_smuggled(played.client);
    if is_smuggled || !is_wanted(&case.steps, outcome) {
        let wanted = wanted(&case.steps);
        let what = if is_smuggled { " and `/smuggled`" } else { "" };
        return Err(format!("wanted {wanted}, got {outcome}{what}"));
    }
    if played.is_torn {
        return Err(format!("half an answer, or none: {text:?}"));
    }
    if let Some(part) = missing(&case.has, text) {
        return Err(format!("`{part}` is missing: {text:?}"));
    }
    let mut unwanted = case.lacks.iter().map(String::as_str).chain([SECRET]);
    match unwanted.find(|part| text.contains(part)) {
        Some(part) => Err(format!("`{part}` was answered: {text:?}")),
        None => Ok(()),
    }
}

/// Returns the first text that does not occur after the texts before it.
fn missing<'p>(parts: &'p [String], text: &str) -> Option<&'p str> {
    let mut rest = text;
    for part in parts {
        let Some((_, after)) = rest.split_once(part.as_str()) else {
            return Some(part);
        };
        rest = after;
    }
    None
}

fn wants(steps: &[Step]) -> impl Iterator<Item = &[Want]> {
    steps.iter().filter_map(|step| match step {
        Step::Want(wants) => Some(&wants[..]),
        Step::Send(_) | Step::Shut => None,
    })
}

/// Returns whether the outcome matches one combination of the alternatives of the steps.
fn is_wanted(steps: &[Step], outcome: &Outcome) -> bool {
    let mut rests = vec![&outcome.statuses[..]];
    for wants in wants(steps) {
        let choices = |rest| {
            wants
                .iter()
                .filter_map(move |want| after(want, rest, outcome))
        };
        rests = rests.into_iter().flat_map(choices).collect();
    }
    rests.iter().any(|rest| rest.is_empty())
}

/// Returns the statuses after the required ones, or `None` if these do not match.
fn after<'s>(want: &Want, statuses: &'s [u16], outcome: &Outcome) -> Option<&'s [u16]> {
    let (begun, rest) = statuses.split_at_checked(want.statuses.len())?;
    let mut pairs = want.statuses.iter().zip(begun);
    let is_end = want.end.is_none_or(|end| end == outcome.end);
    (is_end && pairs.all(|(want, status)| is_like(want, *status))).then_some(rest)
}

fn is_like(want: &str, status: u16) -> bool {
    let status = status.to_string();
    let mut pairs = want.bytes().zip(status.bytes());
    pairs.all(|(want, digit)| want == b'x' || want == digit)
}

fn wanted(steps: &[Step]) -> String {
    let say = |want: &Want| {
        let end = want.end.map(|end| end.to_string());
        let words: Vec<_> = want.statuses.iter().cloned().chain(end).collect();
        words.join(" ")
    };
    let steps = wants(steps).map(|wants| wants.iter().map(say).collect::<Vec<_>>().join(" or "));
    steps.collect::<Vec<_>>().join(", then ")
}

/// Returns the cases of a folder. The name of each case is prefixed with the name of its file.
fn read(folder: &Path) -> Vec<Case> {
    let mut cases = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of cases") {
        let path = entry.expect("an entry").path();
        let topic = path.file_stem().expect("a name").to_string_lossy();
        let text = fs::read_to_string(&path).expect("a file of cases");
        let of_file = format::parse(&text).unwrap_or_else(|error| panic!("{topic}: {error}"));
        cases.extend(of_file.into_iter().map(|case| Case {
            name: format!("{topic}: {}", case.name),
            ..case
        }));
    }
    cases
}

#[tokio::test]
async fn requests_have_the_required_responses() {
    let server = Server::start("corpus").await;
    let cases = read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("wire"));
    let n_cases = cases.len();
    let failures = failures(server.addr, cases).await;
    server.stop().await;
    let (n_failures, list) = (failures.len(), failures.join("\n  "));
    assert_eq!(n_failures, 0, "of {n_cases} cases:\n  {list}");
}

/// Returns the steps of a case whose response is this text.
fn echo_of(text: &str) -> String {
    let head = format!(
        "POST /echo HTTP/1.1\\r\\nhost: a\\r\\ncontent-length: {}",
        text.len()
    );
    format!("send {head}\\r\\n\\r\\n{text}\nwant 200 open")
}

/// Each of these cases is incorrect in a different way, and none may pass.
#[tokio::test]
async fn cases_can_fail() {
    let server = Server::start("failing").await;
    let get = "send GET /hello/ann HTTP/1.1\\r\\nhost: a\\r\\n\\r\\n\n";
    let smuggled = get.replace("hello/ann", "smuggled");
    let texts = [
        format!("{get}want 404 open"),
        format!("{get}want 200 closed"),
        format!("{get}want closed"),
        format!("{get}want 200 200 open"),
        format!("{get}{get}want 200 open"),
        format!("{get}want 100\n{get}want 200 open"),
        format!("{get}want 404 open or 200 closed"),
        format!("{get}want 200 open\nhas hello bob"),
        format!("{get}want 200 open\nhas ann\nhas hello a"),
        format!("{get}want 200 open\nlacks hello ann"),
        echo_of(SECRET),
        "send GET\nwant 400 open".to_owned(),
        "send GET\nwant closed".to_owned(),
        format!("{smuggled}want 200 open"),
        format!("{smuggled}want 200\n{get}want left"),
    ];
    let n_cases = texts.len();
    let cases = texts.iter().enumerate().map(|(idx, steps)| {
        let text = format!("case {idx:02}\nfrom RFC 9112\n{steps}");
        format::parse(&text).expect("it is well formed").remove(0)
    });
    let failures = failures(server.addr, cases.collect()).await;
    server.stop().await;
    let names: Vec<_> = failures.iter().map(|failure| &failure[..2]).collect();
    let expected: Vec<_> = (0..n_cases).map(|idx| format!("{idx:02}")).collect();
    assert_eq!(names, expected, "{failures:#?}");
}
