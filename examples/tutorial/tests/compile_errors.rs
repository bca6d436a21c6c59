//! The compiler rejects each mistake of the pages with the words that the page shows.
//!
//! A mistake is a block of `diff` after `<!-- in: file -->`, and a block of `text` with the message.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

const PAGES: &[&str] = &["docs/tutorial/1-routes.md", "docs/tutorial/2-database.md"];

#[test]
fn compiler_prints_what_the_pages_show() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let scratch = make_crate(&package.join("../.."));
    let mut n_mistakes = 0;
    for page in PAGES {
        let page = fs::read_to_string(package.join("../..").join(page)).expect("the page");
        for mistake in page.split("<!-- in: ").skip(1) {
            let (file, rest) = mistake.split_once(" -->\n```diff\n").expect("a diff");
            let (diff, rest) = rest.split_once("```\n").expect("its end");
            let (_, rest) = rest.split_once("```text\n").expect("a message");
            let (message, _) = rest.split_once("```\n").expect("its end");
            let program = fs::read_to_string(package.join(file)).expect("the file");
            let printed = check(&scratch, &apply(&program, diff));
            assert!(
                printed.contains(message),
                "page:\n{message}\ncompiler:\n{printed}"
            );
            n_mistakes += 1;
        }
    }
    assert!(n_mistakes > 0, "the pages show no mistakes");
}

/// Replaces the line after `-` with the line after `+`.
fn apply(program: &str, diff: &str) -> String {
    let line = |mark: char| diff.lines().find_map(|line| line.strip_prefix(mark));
    let (old, new) = (line('-').expect("a line"), line('+').expect("a line"));
    assert_eq!(
        program.matches(old).count(),
        1,
        "`{old}` is in the file once"
    );
    let program = program.replace(old, new);
    // This line of the file calls a macro of the tests, and is not on the page.
    program.replace("\nserve_step!();\n", "")
}

fn make_crate(workspace: &Path) -> PathBuf {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join("tutorial");
    let runtime = workspace.join("runtime").canonicalize().expect("it exists");
    let manifest = format!(
        "[package]\nname = \"tutorial\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\nhighball = {{ path = {runtime:?} }}\n\
         serde = {{ version = \"1\", features = [\"derive\"] }}\n\n[workspace]\n"
    );
    fs::create_dir_all(scratch.join("src")).expect("a directory");
    fs::write(scratch.join("Cargo.toml"), manifest).expect("a file");
    // With the same versions, the dependencies need no download.
    fs::copy(workspace.join("Cargo.lock"), scratch.join("Cargo.lock")).expect("a file");
    scratch
}

fn check(scratch: &Path, program: &str) -> String {
    fs::write(scratch.join("src/main.rs"), program).expect("a file");
    let output = Command::new(env!("CARGO"))
        .args(["check", "--quiet", "--offline", "--color=never"])
        .current_dir(scratch)
        // The test of the README has built most dependencies in this directory.
        .env(
            "CARGO_TARGET_DIR",
            scratch.with_file_name("shop").join("target"),
        )
        .env_remove("RUSTFLAGS")
        .output()
        .expect("cargo runs");
    String::from_utf8(output.stderr).expect("text")
}
