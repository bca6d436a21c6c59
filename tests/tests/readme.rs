//! The README's mistakes: the compiler says of each what the README says it does.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// A program that does not compile, and what the compiler says.
struct Mistake {
    program: String,
    message: String,
}

#[test]
fn compiler_says_what_the_readme_says() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let readme = fs::read_to_string(workspace.join("README.md")).unwrap();
    let mistakes = mistakes(&readme);
    assert!(!mistakes.is_empty(), "the README shows no mistakes");
    let shop = make_crate(&workspace);
    let wrong: Vec<String> = mistakes
        .iter()
        .filter_map(|mistake| {
            let said = check(&shop, &mistake.program);
            (!said.contains(&mistake.message))
                .then(|| format!("README:\n{}\ncompiler:\n{said}", mistake.message))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Reads each block that does not compile, with the text block behind it.
fn mistakes(readme: &str) -> Vec<Mistake> {
    let blocks = readme.split("```rust,compile_fail\n").skip(1);
    let read = blocks.map(|rest| {
        let (code, rest) = rest.split_once("```\n").unwrap();
        let (between, rest) = rest.split_once("```text\n").unwrap();
        assert_eq!(between.trim(), "", "a message stands right behind its code");
        let (message, _) = rest.split_once("```\n").unwrap();
        Mistake {
            program: program(code),
            message: message.to_owned(),
        }
    });
    read.collect()
}

/// Shows what is hidden in the README, and adds what a program has besides.
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
    // The versions that are here already.
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
