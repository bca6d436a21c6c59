//! The settings of the service itself, from environment variables.

use std::env;

use highball::{ResultExt as _, serve::Proxies};

/// The settings from the environment.
pub(crate) struct Settings {
    /// `DATABASE`: the file of the database.
    pub(crate) database: String,
    /// `TRUSTED_PROXIES`: addresses and networks, with commas between them.
    pub(crate) proxies: Proxies,
}

impl Settings {
    pub(crate) fn from_env() -> highball::Result<Self> {
        let database = env::var("DATABASE").unwrap_or_else(|_| "links.db".to_owned());
        let proxies = env::var("TRUSTED_PROXIES").unwrap_or_default();
        let proxies = proxies.split(',').map(str::trim);
        let proxies = Proxies::trust(proxies.filter(|proxy| !proxy.is_empty()))
            .context("reading TRUSTED_PROXIES")?;
        Ok(Self { database, proxies })
    }
}
