//! The settings of a server: their defaults, and who may change them.

use std::{fmt::Write as _, path::PathBuf, time::Duration};

mod load;
mod value;

use self::value::{Bytes, Value};

/// Who has set a setting; the later one is the stronger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum SetBy {
    #[cfg_attr(not(feature = "config"), allow(dead_code))]
    File,
    Environment,
    Code,
}

/// Makes the struct of the settings, the methods that set them, and the table of their names.
macro_rules! settings {
    (
        $(#[$config:meta])*
        methods { $($(#[$doc:meta])* $name:ident: $ty:ty = $default:expr, as $kind:ty;)* }
        texts { $($(#[$text_doc:meta])* $text:ident: $text_ty:ty;)* }
    ) => {
        $(#[$config])*
        #[derive(Debug, Clone)]
        #[must_use]
        pub struct Config {
            $(pub(crate) $name: $ty,)*
            $($(#[$text_doc])* pub(crate) $text: $text_ty,)*
            /// The settings that have been set, and by whom.
            set: Vec<(&'static str, SetBy)>,
        }

        impl Default for Config {
            fn default() -> Self {
                Self {
                    $($name: $default,)*
                    $($text: Default::default(),)*
                    set: Vec::new(),
                }
            }
        }

        impl Config {
            $($(#[$doc])*
            pub fn $name(mut self, value: $ty) -> Self {
                self.$name = <$kind as Value<$ty>>::bounded(value);
                self.note(stringify!($name), SetBy::Code);
                self
            })*

            /// The names of all settings.
            const NAMES: &'static [&'static str] =
                &[$(stringify!($name),)* $(stringify!($text),)*];

            /// Sets a setting by its name, unless a stronger source has.
            fn set(&mut self, name: &str, text: &str, source: SetBy) -> Result<(), String> {
                match name {
                    $(stringify!($name) => {
                        let value = <$kind as Value<$ty>>::read(text)
                            .ok_or_else(|| value::wrong::<$kind, $ty>(text))?;
                        if self.note(stringify!($name), source) {
                            self.$name = <$kind as Value<$ty>>::bounded(value);
                        }
                    })*
                    $(stringify!($text) => {
                        if self.note(stringify!($text), source) {
                            self.$text = value::SettingText::of(text);
                        }
                    })*
                    _ => return Err(load::unknown(name, Self::NAMES)),
                }
                Ok(())
            }

            /// Returns every setting with a value, by name.
            fn shown(&self) -> Vec<(&'static str, String)> {
                let mut shown = vec![$((
                    stringify!($name),
                    <$kind as Value<$ty>>::write(&self.$name),
                ),)*];
                $(if let Some(text) = value::SettingText::show(&self.$text) {
                    shown.push((stringify!($text), text));
                })*
                shown
            }
        }
    };
}

settings! {
    /// How a server listens, how much and how long a client may ask of it, and how it stops; the
    /// defaults are safe on the open network.
    ///
    /// Each setting can be changed in three ways. What is set in code, here, is the strongest; then
    /// comes the environment, `HIGHBALL_` and the setting's name in capitals; then the file of TOML that
    /// `HIGHBALL_CONFIG` names (feature `config`). A name that does not exist is refused at the start,
    /// and the line that is printed there says what is in force.
    ///
    /// In the environment and in a file a time is written as `10s`, `500ms` or `1h 30m`, a size in bytes
    /// as `65536`, `64KiB` or `2MiB`, a list with commas (in a file, as an array, too).
    ///
    /// # Examples
    /// ```
    /// # use highball::prelude::*;
    /// # #[get("/")] async fn hello() {}
    /// # #[routes(app)] struct Api(hello);
    /// use std::time::Duration;
    /// use highball::Config;
    ///
    /// let config = Config::default().connections(1_000).idle_timeout(Duration::from_secs(30));
    /// let _ = highball::serve(Api).config(config);
    /// ```
    methods {
        /// Sets how long a client may take for the handshake of TLS, and for the header of the PROXY
        /// protocol; 10 seconds unless set.
        handshake_timeout: Duration = Duration::from_secs(10), as Duration;
        /// Sets how long a client may take to send a request's head, from its first byte; 10 seconds
        /// unless set.
        head_timeout: Duration = Duration::from_secs(10), as Duration;
        /// Sets how long a client may take to send the whole of a request's body; 1 hour unless set.
        ///
        /// Only the time in which someone waits for the body counts. See [`body_rate`](Self::body_rate),
        /// which is what usually ends a slow client.
        body_timeout: Duration = Duration::from_secs(3600), as Duration;
        /// Sets how many bytes a second of a body a client must send at least, on the whole, after its
        /// first 10 seconds; 512 unless set. A slower one is answered 408.
        body_rate: u64 = 512, as Bytes;
        /// Sets how long a kept connection may be silent between requests; 75 seconds unless set.
        idle_timeout: Duration = Duration::from_secs(75), as Duration;
        /// Sets how long a client may take no byte of an answer; 30 seconds unless set.
        write_timeout: Duration = Duration::from_secs(30), as Duration;
        /// Sets how many headers a request may have; 100 unless set, 431 beyond.
        ///
        /// Over 100, every request costs hyper two allocations.
        headers: usize = 100, as usize;
        /// Sets how many bytes a request's head may have, at least 8 KiB; 64 KiB unless set, 431 beyond.
        head: usize = 64 * 1024, as Bytes;
        /// Sets how many bytes a request's target may have; 8 KiB unless set, 414 beyond.
        uri: usize = 8 * 1024, as Bytes;
        /// Sets how many bytes are read of a body, where the route says nothing else; 2 MiB unless set,
        /// 413 beyond.
        body_limit: u64 = 2 * 1024 * 1024, as Bytes;
        /// Sets how many connections are open at once; 25,000 unless set. Others wait unaccepted.
        connections: usize = 25_000, as usize;
        /// Sets how many connections one address may have open, or one network of IPv6 (a /64); 256
        /// unless set. More are closed at once.
        ///
        /// Loopback and the proxies that the app trusts are not counted.
        connections_per_address: usize = 256, as usize;
        /// Sets after how many requests a connection of HTTP/1 or 2 is closed; 100,000 unless set.
        requests_per_connection: u32 = 100_000, as u32;
        /// Sets how many requests an HTTP/2 connection may have open at once; 128 unless set.
        streams: u32 = 128, as u32;
        /// Sets how many of its streams a client of HTTP/2 may have reset by its faults before its
        /// connection ends; 256 unless set, and never fewer than [`streams`](Self::streams).
        resets: usize = 256, as usize;
        /// Sets whether a request whose client has left is dropped; it is, unless set.
        cancel_on_disconnect: bool = true, as bool;
        /// Sets how many threads serve, each with a runtime and a queue of its own; 0, the default, is
        /// the runtime that serves the app.
        ///
        /// What that runtime is, `#[highball::main]` says: a thread for each core, which take work from
        /// each other, so that a slow handler holds nobody else up.
        workers: usize = 0, as usize;
        /// Sets how long a handler may keep its thread without waiting before a line names it; 100 ms
        /// unless set, 0 never.
        ///
        /// A thread beside the server looks at every quarter of this time, so a handler that blocks for a
        /// quarter longer is always seen; a route is named once in 10 seconds at most.
        slow_poll: Duration = Duration::from_millis(100), as Duration;
        /// Sets how long the server still accepts after it was told to stop and `/readyz` says so; 0
        /// unless set. Give a load balancer the time that it takes to notice.
        stop_delay: Duration = Duration::ZERO, as Duration;
        /// Sets how long a stop waits for open connections, and for what they have spawned; 30 seconds
        /// unless set.
        drain: Duration = Duration::from_secs(30), as Duration;
    }
    texts {
        /// Where the server listens, unless code says so: addresses, and sockets as `unix:/path`.
        listen: Vec<String>;
        /// The files of the certificate, its key, and of who signs those of clients.
        tls_cert: Option<PathBuf>;
        tls_key: Option<PathBuf>;
        tls_client_ca: Option<PathBuf>;
        /// From which networks connections begin with the PROXY protocol.
        proxy_protocol: Vec<String>;
    }
}

impl Config {
    /// Notes who sets a setting, and returns whether it may.
    fn note(&mut self, name: &'static str, source: SetBy) -> bool {
        match self.set.iter_mut().find(|(set, _)| *set == name) {
            None => self.set.push((name, source)),
            Some((_, before)) if *before > source => return false,
            Some((_, before)) => *before = source,
        }
        true
    }

    /// Returns what is in force, and who has said so where that is not the default.
    pub(crate) fn in_force(&self) -> String {
        let mut text = String::new();
        for (name, value) in self.shown() {
            let source = self.set.iter().find(|(set, _)| *set == name);
            let source = match source.map(|(_, source)| source) {
                None => "",
                Some(SetBy::Code) => " (code)",
                Some(SetBy::Environment) => " (environment)",
                Some(SetBy::File) => " (file)",
            };
            let comma = if text.is_empty() { "" } else { ", " };
            // Writing to a `String` cannot fail.
            let _ = write!(text, "{comma}{name} {value}{source}");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stronger_source_wins_in_any_order() {
        let mut config = Config::default().headers(7);
        for (source, text) in [(SetBy::Environment, "5"), (SetBy::File, "3")] {
            config.set("headers", text, source).expect("it is a number");
            config.set("streams", text, source).expect("it is a number");
        }
        assert_eq!((config.headers, config.streams), (7, 5));
        let said = config.in_force();
        assert!(said.contains("headers 7 (code)"), "{said}");
        assert!(said.contains("streams 5 (environment)"), "{said}");
        assert!(said.contains("head_timeout 10s, "), "{said}");
    }
}
