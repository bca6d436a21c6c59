//! Compares route lookups: Highball's table and other routers, interleaved in one run.
//!
//! - `cargo run -p benches --release --bin lookup` prints the nanoseconds per lookup, and in parentheses the ratio to
//!   matchit. The run fails if a lookup of Highball allocates.
//! - `.. --bin lookup -- --count ROUTER SET` runs a fixed number of lookups, to count instructions:
//!   `valgrind --tool=callgrind --toggle-collect='*counted*' target/release/lookup --count highball github`.

mod allocations;
mod generate;
mod route_set;
mod routers;

use std::hint::black_box;
use std::time::Instant;

use route_set::{Request, RouteSet};
use routers::{Actix, Highball, Matchit, PathTree, Router, Wayfind, Xitca};

/// The number of lookups for `--count`.
const N_COUNTED: usize = 10_000;

/// The number of rounds for each router.
const N_ROUNDS: usize = 15;

fn main() {
    let args: Vec<String> = std::env::args().collect();
    match &args[1..] {
        [] => print_table(),
        [flag, router, set] if flag == "--count" => count_named(router, set),
        _ => eprintln!("usage: lookup [--count ROUTER SET]"),
    }
}

fn print_table() {
    println!(
        "| set | routes | highball | matchit | wayfind | path-tree | xitca-router | actix-router |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for set in generate::all_sets()
        .into_iter()
        .filter(|set| !set.requests.is_empty())
    {
        let times = measure(&set);
        let cells: Vec<String> = times.iter().map(|time| cell(*time, times[1])).collect();
        println!(
            "| {} | {} | {} |",
            set.name,
            set.routes.len(),
            cells.join(" | ")
        );
    }
}

fn cell(time: Option<f64>, matchit: Option<f64>) -> String {
    match (time, matchit) {
        (Some(time), Some(matchit)) => format!("{time:.1} ({:.2})", time / matchit),
        _ => "-".to_owned(),
    }
}

/// Returns the nanoseconds per lookup of each router, as the median of the rounds.
fn measure(set: &RouteSet) -> Vec<Option<f64>> {
    let highball = Highball::new(set);
    assert_no_allocation(&highball, set);
    let mut timers = [
        timer(Some(highball), set),
        timer(Matchit::new(set), set),
        timer(Wayfind::new(set), set),
        timer(PathTree::new(set), set),
        timer(Xitca::new(set), set),
        timer(Actix::new(set), set),
    ];
    let mut times = vec![Vec::new(); timers.len()];
    for _ in 0..N_ROUNDS {
        for (timer, times) in timers.iter_mut().zip(&mut times) {
            times.extend(timer.as_mut().map(|timer| timer()));
        }
    }
    times.into_iter().map(median).collect()
}

fn median(mut times: Vec<f64>) -> Option<f64> {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied()
}

/// Returns a function that measures one round of a router, or `None` if the router does not support the routes.
fn timer<'a, R: Router + 'a>(
    router: Option<R>,
    set: &'a RouteSet,
) -> Option<Box<dyn FnMut() -> f64 + 'a>> {
    let router = router.filter(|router| agrees(router, set))?;
    let n_lookups = R::LOOKUPS_PER_ROUND;
    Some(Box::new(move || {
        let begin = Instant::now();
        run(&router, &set.requests, n_lookups);
        begin.elapsed().as_secs_f64() * 1e9 / n_lookups as f64
    }))
}

/// Returns whether a router finds the expected routes. One that does not is skipped; for Highball it is an error.
fn agrees<R: Router>(router: &R, set: &RouteSet) -> bool {
    let wrong = set
        .requests
        .iter()
        .find(|request| router.lookup(request) != request.route);
    let Some(request) = wrong else { return true };
    eprintln!(
        "{}, {}: wrong for {} {}",
        R::NAME,
        set.name,
        request.method,
        request.path
    );
    assert!(R::NAME != Highball::NAME, "Highball's table is wrong");
    false
}

fn run<R: Router>(router: &R, requests: &[Request], n_lookups: usize) {
    for request in requests.iter().cycle().take(n_lookups) {
        black_box(router.lookup(black_box(request)));
    }
}

fn assert_no_allocation(router: &Highball, set: &RouteSet) {
    let before = allocations::count();
    run(router, &set.requests, set.requests.len());
    assert_eq!(allocations::count() - before, 0, "{}", set.name);
}

fn count_named(router: &str, set: &str) {
    let Some(set) = generate::all_sets()
        .into_iter()
        .find(|known| known.name == set)
    else {
        eprintln!("unknown set {set}");
        return;
    };
    match router {
        "highball" => count(Some(Highball::new(&set)), &set),
        "matchit" => count(Matchit::new(&set), &set),
        "wayfind" => count(Wayfind::new(&set), &set),
        "path-tree" => count(PathTree::new(&set), &set),
        "xitca-router" => count(Xitca::new(&set), &set),
        "actix-router" => count(Actix::new(&set), &set),
        _ => eprintln!("unknown router {router}"),
    }
}

fn count<R: Router>(router: Option<R>, set: &RouteSet) {
    match router {
        Some(router) => counted(&router, &set.requests),
        None => eprintln!("{} does not support {}", R::NAME, set.name),
    }
}

/// The function in which callgrind counts.
#[inline(never)]
fn counted<R: Router>(router: &R, requests: &[Request]) {
    run(router, requests, N_COUNTED);
    println!("{N_COUNTED} lookups");
}
