//! Generates Rust code with the real macros from the vectors in `shared/vectors`.
//!
//! If the folder is missing, the generated files are empty.

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
    // While the folder is missing, watch a missing file: Cargo then reruns the script at every build. It would not
    // notice a folder that is restored with an old modification time.
    let watched = if folder.is_dir() {
        folder.clone()
    } else {
        folder.join("never")
    };
    println!("cargo::rerun-if-changed={}", watched.display());
    let read = |name: &str| -> Value {
        let text = fs::read_to_string(folder.join(name));
        // A missing file means that there are no vectors. An invalid file is an error.
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
