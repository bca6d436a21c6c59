//! Settings from the environment and from a file.

use std::{env, ffi::OsString, path::Path};

use super::{Config, SetBy};
use crate::error::{Error, Result};

/// The prefix of the environment variables.
const PREFIX: &str = "HIGHBALL_";
/// The variable that contains the path of the file.
const FILE: &str = "HIGHBALL_CONFIG";

impl Config {
    /// Applies the settings in the environment, and those in the file that it names.
    ///
    /// # Errors
    /// If a name is not a setting, if a value has the wrong form, or if the file cannot be read.
    pub(crate) fn load(&mut self) -> Result {
        self.load_from(env::vars_os().collect())
    }

    fn load_from(&mut self, variables: Vec<(OsString, OsString)>) -> Result {
        for (variable, value) in variables {
            let Some(variable) = variable.to_str().filter(|name| name.starts_with(PREFIX)) else {
                continue;
            };
            if is_for_others(&variable[PREFIX.len()..]) {
                continue;
            }
            if variable == FILE {
                self.load_file(Path::new(&value))?;
                continue;
            }
            let name = variable[PREFIX.len()..].to_lowercase();
            if let Some(new) = new_name(&name) {
                let new = new.to_uppercase();
                return Err(Error::new(format!("`{variable}` is `{PREFIX}{new}` now")));
            }
            let value = value
                .to_str()
                .ok_or_else(|| Error::new(format!("{variable} must be UTF-8")))?;
            self.set(&name, value, SetBy::Environment)
                .map_err(|fault| Error::new(format!("{variable}: {fault}")))?;
        }
        Ok(())
    }

    #[cfg(not(feature = "config"))]
    #[expect(
        clippy::needless_pass_by_ref_mut,
        reason = "the signature of the other one"
    )]
    fn load_file(&mut self, _: &Path) -> Result {
        Err(Error::new(format!(
            "{FILE} is set but settings files are not compiled in; enable the feature `config` of `highball`"
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
            if let Some(new) = new_name(&name) {
                return Err(Error::new(format!("{shown}: `{name}` is `{new}` now")));
            }
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

/// Returns whether a variable is no setting: one that Kubernetes sets for a service with the name `highball`, or one
/// that names a server for tests, such as `HIGHBALL_TEST_POSTGRES`.
fn is_for_others(name: &str) -> bool {
    let is_kubernetes = name.starts_with("SERVICE_") || name == "PORT" || name.starts_with("PORT_");
    is_kubernetes || name.starts_with("TEST_")
}

/// Returns the value as it is written in the environment.
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

/// Former names of settings, which are rejected with an error that contains the new name.
const RENAMED: [(&str, &str); 11] = [
    ("body_rate", "min_body_rate"),
    ("connections", "max_connections"),
    ("connections_per_address", "max_connections_per_address"),
    ("drain", "shutdown_timeout"),
    ("head", "max_head_size"),
    ("headers", "max_headers"),
    ("requests_per_connection", "max_requests_per_connection"),
    ("resets", "http2_max_resets"),
    ("stop_delay", "shutdown_delay"),
    ("streams", "http2_max_streams"),
    ("uri", "max_uri_len"),
];

/// Returns the present name of a setting that was renamed.
///
/// An old name is rejected and not accepted as an alias: two names for one limit would hide which of
/// two values applies.
fn new_name(name: &str) -> Option<&'static str> {
    RENAMED
        .iter()
        .find(|(old, _)| *old == name)
        .map(|(_, new)| *new)
}

/// Returns the error for an unknown setting, with the most similar name.
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

/// Returns the Levenshtein distance of two names.
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
        let error = load(variables).expect_err("it is rejected");
        assert_eq!(error.to_string(), message);
    }

    #[test]
    fn environment_sets() {
        let config = load(&[
            ("HIGHBALL_SHUTDOWN_TIMEOUT", "1m 5s"),
            ("HIGHBALL_MAX_HEAD_SIZE", "16KiB"),
            ("HIGHBALL_LISTEN", "127.0.0.1:80, unix:/run/a.sock"),
            ("OTHER", "x"),
            ("HIGHBALL_SERVICE_HOST", "10.0.0.1"),
            ("HIGHBALL_PORT", "tcp://10.0.0.1:80"),
            ("HIGHBALL_TEST_POSTGRES", "postgres://127.0.0.1"),
        ]);
        let config = config.expect("all are settings");
        assert_eq!(
            (config.shutdown_timeout.as_secs(), config.max_head_size),
            (65, 16 * 1024)
        );
        assert_eq!(config.listen, ["127.0.0.1:80", "unix:/run/a.sock"]);
    }

    #[test]
    fn errors_name_the_fix() {
        check_error(
            &[("HIGHBALL_SHUTDOWN_TIMEOUT", "ten")],
            "HIGHBALL_SHUTDOWN_TIMEOUT: `ten` is not a time: write `10s`, `500ms` or `1h 30m`",
        );
        check_error(
            &[("HIGHBALL_HEADTIMEOUT", "10s")],
            "HIGHBALL_HEADTIMEOUT: there is no such setting; did you mean `head_timeout`?",
        );
        check_error(
            &[("HIGHBALL_URI", "1KiB")],
            "`HIGHBALL_URI` is `HIGHBALL_MAX_URI_LEN` now",
        );
        let error = load(&[("HIGHBALL_X", "1")]).expect_err("it is rejected");
        assert!(error.to_string().contains("there are handshake_timeout, "));
    }

    #[cfg(feature = "config")]
    #[test]
    fn file_is_weaker_than_the_environment() {
        let path = env::temp_dir().join(format!("highball-{}.toml", std::process::id()));
        let write = |text: &str| std::fs::write(&path, text).expect("a file can be written");
        let name = path.to_str().expect("it is UTF-8");
        write(
            "http2_max_streams = 3\nmax_headers = 4\nshutdown_timeout = \"5s\"\nlisten = [\"[::1]:1\", \"[::1]:2\"]\n",
        );
        let config = load(&[
            ("HIGHBALL_HTTP2_MAX_STREAMS", "7"),
            ("HIGHBALL_CONFIG", name),
        ]);
        let config = config.expect("all are settings");
        assert_eq!((config.http2_max_streams, config.max_headers), (7, 4));
        assert_eq!(config.listen, ["[::1]:1", "[::1]:2"]);
        write("http2_max_strems = 3\n");
        check_error(
            &[("HIGHBALL_CONFIG", name)],
            &format!(
                "{name}: http2_max_strems: there is no such setting; did you mean `http2_max_streams`?"
            ),
        );
        write("drain = \"5s\"\n");
        check_error(
            &[("HIGHBALL_CONFIG", name)],
            &format!("{name}: `drain` is `shutdown_timeout` now"),
        );
        let _ = std::fs::remove_file(&path);
    }
}
