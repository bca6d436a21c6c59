//! Generated files that are committed.

use std::{
    fs,
    io::{self, Write as _},
};

use highball::{Error, Result, ResultExt as _};

/// How many characters of a line an error has.
const MOST: usize = 100;

/// Prints a generated file, or compares it with the one after `--check`. `command` is the name of the command.
pub(crate) fn run(command: &str, arguments: &[String], generated: &str) -> Result {
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => io::stdout()
            .write_all(generated.as_bytes())
            .map_err(Error::from),
        ["--check", path] => {
            let file = fs::read_to_string(path).context(format!("`{path}` cannot be read"))?;
            check(command, path, &file, generated)
        }
        _ => Err(Error::new(format!(
            "write `{command}`, or `{command} --check FILE`"
        ))),
    }
}

/// Fails if a file is not the generated one, with the first lines that differ.
fn check(command: &str, path: &str, file: &str, generated: &str) -> Result {
    let mut found = file.lines();
    let mut expected = generated.lines();
    for number in 1.. {
        let (found, expected) = (found.next(), expected.next());
        if found.is_none() && expected.is_none() {
            break;
        }
        if found != expected {
            let (found, expected) = (shown(found), shown(expected));
            return Err(Error::new(format!(
                "line {number} of `{path}` is {found} where the app has {expected}; write the file again with \
                 `cargo run -- {command} > {path}`"
            )));
        }
    }
    Ok(())
}

fn shown(line: Option<&str>) -> String {
    let Some(line) = line else {
        return "the end".to_owned();
    };
    let line = line.trim().trim_end_matches(',');
    match line.char_indices().nth(MOST) {
        Some((end, _)) => format!("`{}..`", &line[..end]),
        None => format!("`{line}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_difference_is_in_the_error() {
        let same = check("board", "b.json", "a\nb\n", "a\nb\n");
        assert!(same.is_ok());
        let error = check(
            "board",
            "b.json",
            "a\n  \"old\",\nc\n",
            "a\n  \"new\",\nd\n",
        );
        assert_eq!(
            error.unwrap_err().to_string(),
            "line 2 of `b.json` is `\"old\"` where the app has `\"new\"`; write the file again with \
             `cargo run -- board > b.json`"
        );
        let error = check("board", "b.json", "a\n", "a\nb\n").unwrap_err();
        assert!(
            error
                .to_string()
                .contains("line 2 of `b.json` is the end where the app has `b`")
        );
        let long = "ü".repeat(200);
        let error = check("board", "b.json", &long, "").unwrap_err().to_string();
        assert!(error.contains(&format!("`{}..`", "ü".repeat(MOST))));
    }
}
