//! Writes the vectors of `shared/vectors` as Rust source, over the real macros.
//!
//! Where the folder is missing, what it writes is empty.

use std::{env, fs, path::PathBuf};

use serde_json::Value;

mod inserts;
mod redirects;
mod scale;
mod sets;
#[allow(dead_code, unreachable_pub)]
#[path = "../src/slow.rs"]
mod slow;
mod source;

fn main() {
    println!("cargo::rustc-check-cfg=cfg(refused, values(\"patterns\", \"conflicts\"))");
    let own = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let folder = own.ancestors().nth(3).expect("the workspace has a parent");
    let folder = folder.join("shared/vectors");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=src/slow.rs");
    // A file that is not there is read again at the next build; a folder that comes back is older
    // than this one, and would not be.
    let watched = if folder.is_dir() {
        folder.clone()
    } else {
        folder.join("never")
    };
    println!("cargo::rerun-if-changed={}", watched.display());
    let read = |name: &str| -> Value {
        let text = fs::read_to_string(folder.join(name));
        // A missing file is no vectors at all; a broken one is a mistake.
        text.map_or(Value::Null, |text| serde_json::from_str(&text).expect(name))
    };
    let files = [("gin", read("gin.json")), ("matchit", read("matchit.json"))];
    write("sets.rs", &sets::write(&files));
    write("redirects.rs", &redirects::write(&files));
    let inserts = inserts::write(&files);
    write("inserts.rs", &inserts.accepted.text);
    write("refused_patterns.rs", &inserts.patterns.text);
    write("refused_conflicts.rs", &inserts.conflicts.text);
    write("scale.rs", &scale::write(&read("gitlab_scale.json")));
}

fn write(name: &str, text: &str) {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    fs::write(out.join(name), text).expect("the output folder can be written");
}
