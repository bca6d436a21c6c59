//! Settings from the environment and from a file.

use std::{env, ffi::OsString, path::Path};

use super::{Config, SetBy};
use crate::error::{Error, Result};

/// What the names of settings begin with in the environment.
const PREFIX: &str = "HIGHBALL_";
/// The variable that names the file.
const FILE: &str = "HIGHBALL_CONFIG";

impl Config {
    /// Takes what the environment, and the file that it names, say.
    ///
    /// # Errors
    /// Where a name is no setting's, a value is not of its kind, or the file cannot be read.
    pub(crate) fn load(&mut self) -> Result {
        self.load_from(env::vars_os().collect())
    }

    fn load_from(&mut self, variables: Vec<(OsString, OsString)>) -> Result {
        for (variable, value) in variables {
            let Some(variable) = variable.to_str().filter(|name| name.starts_with(PREFIX)) else {
                continue;
            };
            if is_kubernetes(&variable[PREFIX.len()..]) {
                continue;
            }
            if variable == FILE {
                self.load_file(Path::new(&value))?;
                continue;
            }
            let name = variable[PREFIX.len()..].to_lowercase();
            let value = value
                .to_str()
                .ok_or_else(|| Error::new(format!("{variable} must be UTF-8")))?;
            self.set(&name, value, SetBy::Environment)
                .map_err(|fault| Error::new(format!("{variable}: {fault}")))?;
        }
        Ok(())
    }

    #[cfg(not(feature = "config"))]
    #[expect(clippy::needless_pass_by_ref_mut, reason = "as where files are read")]
    fn load_file(&mut self, _: &Path) -> Result {
        Err(Error::new(format!(
            "{FILE} names a file, and this program reads none: build it with `highball`'s feature `config`"
        )))
    }

    #[cfg(feature = "config")]
    fn load_file(&mut self, path: &Path) -> Result {
        let shown = path.display();
        let text = std::fs::read_to_string(path).map_err(|error| {
            Error::because(format!("cannot read {shown}, which {FILE} names"), error)
        })?;
        let table: toml::Table = text
            .parse()
            .map_err(|error| Error::because(format!("{shown} is not TOML"), error))?;
        for (name, value) in table {
            let text = text_of(&value).ok_or_else(|| {
                Error::new(format!(
                    "{shown}: `{name}` must be text, a number, true or false, or a list of them"
                ))
            })?;
            self.set(&name, &text, SetBy::File)
                .map_err(|fault| Error::new(format!("{shown}: {name}: {fault}")))?;
        }
        Ok(())
    }
}

/// Returns whether Kubernetes sets this beside a service that is called `highball`.
fn is_kubernetes(name: &str) -> bool {
    name.starts_with("SERVICE_") || name == "PORT" || name.starts_with("PORT_")
}

/// Returns the value as the environment would have it.
#[cfg(feature = "config")]
fn text_of(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Boolean(flag) => Some(flag.to_string()),
        toml::Value::Array(items) => {
            let items: Option<Vec<_>> = items.iter().map(text_of).collect();
            Some(items?.join(","))
        }
        toml::Value::Float(_) | toml::Value::Datetime(_) | toml::Value::Table(_) => None,
    }
}

/// Says that there is no such setting, and which was meant.
pub(super) fn unknown(name: &str, names: &[&str]) -> String {
    let nearest = names
        .iter()
        .map(|known| (distance(name, known), known))
        .min();
    match nearest {
        Some((far, known)) if far <= known.len() / 2 => {
            format!("there is no such setting; did you mean `{known}`?")
        }
        _ => format!("there is no such setting; there are {}", names.join(", ")),
    }
}

/// Returns how many letters must change to make one of the other (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.bytes().enumerate() {
        let mut corner = i;
        row[0] = i + 1;
        for (j, b) in other.bytes().enumerate() {
            let change = corner + usize::from(a != b);
            corner = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(variables: &[(&str, &str)]) -> Result<Config> {
        let mut config = Config::default();
        let variables = variables.iter().map(|(k, v)| (k.into(), v.into()));
        config.load_from(variables.collect())?;
        Ok(config)
    }

    fn check_error(variables: &[(&str, &str)], message: &str) {
        let error = load(variables).expect_err("it is refused");
        assert_eq!(error.to_string(), message);
    }

    #[test]
    fn environment_sets() {
        let config = load(&[
            ("HIGHBALL_DRAIN", "1m 5s"),
            ("HIGHBALL_HEAD", "16KiB"),
            ("HIGHBALL_LISTEN", "127.0.0.1:80, unix:/run/a.sock"),
            ("OTHER", "x"),
            ("HIGHBALL_SERVICE_HOST", "10.0.0.1"),
            ("HIGHBALL_PORT", "tcp://10.0.0.1:80"),
        ]);
        let config = config.expect("all are settings");
        assert_eq!((config.drain.as_secs(), config.head), (65, 16 * 1024));
        assert_eq!(config.listen, ["127.0.0.1:80", "unix:/run/a.sock"]);
    }

    #[test]
    fn mistakes_say_what_to_write() {
        check_error(
            &[("HIGHBALL_DRAIN", "ten")],
            "HIGHBALL_DRAIN: `ten` is not a time: write `10s`, `500ms` or `1h 30m`",
        );
        check_error(
            &[("HIGHBALL_HEADTIMEOUT", "10s")],
            "HIGHBALL_HEADTIMEOUT: there is no such setting; did you mean `head_timeout`?",
        );
        let error = load(&[("HIGHBALL_X", "1")]).expect_err("it is refused");
        assert!(error.to_string().contains("there are handshake_timeout, "));
    }

    #[cfg(feature = "config")]
    #[test]
    fn file_is_weaker_than_the_environment() {
        let path = env::temp_dir().join(format!("highball-{}.toml", std::process::id()));
        let write = |text: &str| std::fs::write(&path, text).expect("a file can be written");
        let name = path.to_str().expect("it is UTF-8");
        write("streams = 3\nheaders = 4\ndrain = \"5s\"\nlisten = [\"[::1]:1\", \"[::1]:2\"]\n");
        let config = load(&[("HIGHBALL_STREAMS", "7"), ("HIGHBALL_CONFIG", name)]);
        let config = config.expect("all are settings");
        assert_eq!((config.streams, config.headers), (7, 4));
        assert_eq!(config.listen, ["[::1]:1", "[::1]:2"]);
        write("strems = 3\n");
        check_error(
            &[("HIGHBALL_CONFIG", name)],
            &format!("{name}: strems: there is no such setting; did you mean `streams`?"),
        );
        let _ = std::fs::remove_file(&path);
    }
}
