//! Whether a request has become dearer than it was.
//!
//! What is kept is the part that a request costs of what tuned hyper takes for the same, in the same
//! run: versions of the compiler and of the C library change both.

use std::{collections::BTreeMap, fs};

use crate::{endpoint, failure::Failure, servers, valgrind};

/// Where the figures are, from the root of the repository.
const FILE: &str = "benches/baseline.json";
/// How much dearer a request may become before someone has to say so.
const SLACK: f64 = 0.03;

/// Compares with the figures that are kept, or keeps new ones.
pub(crate) fn instructions(record: bool) -> Result<(), Failure> {
    if !valgrind::is_installed() {
        return Err("there is no valgrind: `apt-get install valgrind`".into());
    }
    let [ours, tuned] = servers::ours_and_tuned()?;
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(FILE);
    let mut measured = BTreeMap::new();
    for endpoint in endpoint::all()
        .iter()
        .filter(|endpoint| endpoint.batch == 1)
    {
        let own = valgrind::instructions(&ours, endpoint)?;
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
    let kept: BTreeMap<String, f64> = serde_json::from_slice(&fs::read(file)?)?;
    for (name, now) in measured {
        let before = kept
            .get(&name)
            .ok_or_else(|| format!("{FILE} has no `{name}`"))?;
        if now > before * (1.0 + SLACK) {
            return Err(format!(
                "{name} takes {now:.3} of tuned hyper's instructions, and took {before:.3}: make it \
                 cheaper, or keep the new figure by `cargo run -p benches --release -- instructions --record`"
            )
            .into());
        }
    }
    Ok(())
}
