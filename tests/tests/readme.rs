//! The mistakes in the README and the documentation: the compiler prints each message as it is shown there.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// A program that does not compile, and the message of the compiler.
struct Mistake {
    program: String,
    message: String,
}

/// The pages that show messages.
const PAGES: [&str; 2] = ["README.md", "docs/reference/compile-errors.md"];

#[test]
fn compiler_prints_the_messages_of_the_documentation() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut mistakes = Vec::new();
    for page in PAGES {
        let text = fs::read_to_string(workspace.join(page)).unwrap();
        let shown = mistakes_in(&text);
        assert!(!shown.is_empty(), "{page} shows no mistakes");
        mistakes.extend(shown);
    }
    let shop = make_crate(&workspace);
    let wrong: Vec<String> = mistakes
        .iter()
        .filter_map(|mistake| {
            let printed = check(&shop, &mistake.program);
            (!printed.contains(&mistake.message))
                .then(|| format!("page:\n{}\ncompiler:\n{printed}", mistake.message))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Returns each block that does not compile, with the text block after it.
fn mistakes_in(page: &str) -> Vec<Mistake> {
    let blocks = page.split("```rust,compile_fail\n").skip(1);
    let read = blocks.map(|rest| {
        let (code, rest) = rest.split_once("```\n").unwrap();
        let (between, rest) = rest.split_once("```text\n").unwrap();
        assert_eq!(between.trim(), "", "a message follows its code directly");
        let (message, _) = rest.split_once("```\n").unwrap();
        Mistake {
            program: program(code),
            message: message.to_owned(),
        }
    });
    read.collect()
}

/// Completes a block: the hidden import becomes visible, and the program gets a `main`.
fn program(code: &str) -> String {
    let code = code.strip_prefix("# use highball::prelude::*;\n").unwrap();
    format!("use highball::prelude::*;\n\n{code}\nfn main() {{}}\n")
}

fn make_crate(workspace: &Path) -> PathBuf {
    let shop = Path::new(env!("CARGO_TARGET_TMPDIR")).join("shop");
    let runtime = workspace.join("runtime").canonicalize().unwrap();
    let manifest = format!(
        "[package]\nname = \"shop\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\nhighball = {{ path = {runtime:?} }}\n\n[workspace]\n"
    );
    fs::create_dir_all(shop.join("src")).unwrap();
    fs::write(shop.join("Cargo.toml"), manifest).unwrap();
    // The same versions as the workspace, so that the check works offline.
    fs::copy(workspace.join("Cargo.lock"), shop.join("Cargo.lock")).unwrap();
    shop
}

fn check(shop: &Path, program: &str) -> String {
    fs::write(shop.join("src/main.rs"), program).unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["check", "--quiet", "--offline", "--color=never"])
        .current_dir(shop)
        .env("CARGO_TARGET_DIR", shop.join("target"))
        .env_remove("RUSTFLAGS")
        .output()
        .unwrap();
    String::from_utf8(output.stderr).unwrap()
}
