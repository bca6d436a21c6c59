//! Checks that a request does not execute more instructions than before.
//!
//! The baseline is a ratio: the instructions of Highball divided by those of tuned hyper for the same request, in the
//! same run. Absolute counts change with the compiler and the C library.

use std::{collections::BTreeMap, fs};

use crate::{endpoint, failure::Failure, servers, valgrind};

/// The file of the baseline, relative to the root of the repository.
const FILE: &str = "benches/baseline.json";
/// The increase that is tolerated. A larger one must be recorded on purpose.
const TOLERANCE: f64 = 0.03;

/// Compares the measured ratios with the baseline, or records a new one.
pub(crate) fn instructions(record: bool) -> Result<(), Failure> {
    if !valgrind::is_installed() {
        return Err("valgrind is not installed: `apt-get install valgrind`".into());
    }
    let [highball, tuned] = servers::highball_and_tuned()?;
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(FILE);
    let mut measured = BTreeMap::new();
    for endpoint in endpoint::all()
        .iter()
        .filter(|endpoint| endpoint.batch == 1)
    {
        let own = valgrind::instructions(&highball, endpoint)?;
        let other = valgrind::instructions(&tuned, endpoint)?;
        println!(
            "{}: {own:.0}, tuned hyper {other:.0}, {:.3}",
            endpoint.name,
            own / other
        );
        measured.insert(endpoint.name.to_owned(), own / other);
    }
    if record {
        fs::write(file, serde_json::to_string_pretty(&measured)? + "\n")?;
        return Ok(());
    }
    let baseline: BTreeMap<String, f64> = serde_json::from_slice(&fs::read(file)?)?;
    for (name, now) in measured {
        let before = baseline
            .get(&name)
            .ok_or_else(|| format!("{FILE} has no `{name}`"))?;
        if now > before * (1.0 + TOLERANCE) {
            return Err(format!(
                "{name} takes {now:.3} times the instructions of tuned hyper, and took {before:.3} before: make it \
                 cheaper, or record the new ratio with `cargo run -p benches --release -- instructions --record`"
            )
            .into());
        }
    }
    Ok(())
}
