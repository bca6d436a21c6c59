//! Values that are in no log and in no generated file.

use std::{env, fmt, fs, path::PathBuf};

use highball::{Error, Result, ResultExt as _};

/// A secret by its place: a variable of the environment, or a file.
///
/// It is read for each message, so a file can be replaced while the app runs. `Debug` shows the place only.
///
/// # Examples
/// ```
/// use highball_alerts::Secret;
///
/// let key = Secret::file("/run/secrets/wecom-key");
/// assert_eq!(format!("{key:?}"), "Secret(the file `/run/secrets/wecom-key`)");
/// ```
#[derive(Clone)]
pub struct Secret(Place);

#[derive(Clone)]
enum Place {
    Variable(String),
    File(PathBuf),
}

impl Secret {
    /// Returns the secret in a variable of the environment.
    pub fn env(name: &str) -> Self {
        Self(Place::Variable(name.to_owned()))
    }

    /// Returns the secret in a file. White space around it is not part of it.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self(Place::File(path.into()))
    }

    /// Reads the secret.
    pub(super) fn read(&self) -> Result<String> {
        let text = match &self.0 {
            // The error of a variable that is not UTF-8 would contain it.
            Place::Variable(name) => {
                env::var(name).map_err(|_| Error::new(format!("{self} is not set")))?
            }
            Place::File(path) => {
                fs::read_to_string(path).context(format!("{self} cannot be read"))?
            }
        };
        match text.trim() {
            "" => Err(Error::new(format!("{self} is empty"))),
            text => Ok(text.to_owned()),
        }
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Place::Variable(name) => write!(f, "the variable `{name}`"),
            Place::File(path) => write!(f, "the file `{}`", path.display()),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({self})")
    }
}
