//! Compares ways to share data between tasks.
//!
//! `cargo run -p benches --release --bin sharing` prints a table for each question, with the time of each way as a
//! multiple of the fastest. `docs/how-to/share-data-between-tasks.md` has the results.

mod case;
mod hand_over;
mod read_mostly;
mod write_heavy;

use crate::case::Case;

/// How often each way is measured; the median counts.
const ROUNDS: usize = 9;

fn main() {
    compare(
        "read-mostly: one write in 1,000 operations",
        read_mostly::CASES,
    );
    compare(
        "write-heavy: every operation is a write",
        write_heavy::CASES,
    );
    compare(
        "a message and its answer, two threads",
        hand_over::TWO_THREADS,
    );
    compare(
        "a message and its answer, one thread",
        hand_over::ONE_THREAD,
    );
}

/// Measures the cases in turns, so that a change of the machine's load affects all of them.
fn compare(title: &str, cases: &[Case]) {
    let mut times = vec![Vec::new(); cases.len()];
    for _ in 0..ROUNDS {
        for (times, case) in times.iter_mut().zip(cases) {
            times.push((case.run)());
        }
    }
    let medians: Vec<_> = times.into_iter().map(median).collect();
    let fastest = medians.iter().copied().fold(f64::INFINITY, f64::min);
    println!("{title}");
    for (case, time) in cases.iter().zip(medians) {
        println!("  {:<44} {:>8.1}", case.name, time / fastest);
    }
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_unstable_by(f64::total_cmp);
    times[times.len() / 2]
}
