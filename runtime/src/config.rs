//! The settings of a server: their names, defaults and sources.

use std::{fmt::Write as _, path::PathBuf, time::Duration};

mod load;
mod value;

pub(crate) use self::value::Secret;
use self::value::{Bytes, Value};

/// The source of a setting's value. A later variant overrides an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum SetBy {
    #[cfg_attr(not(feature = "config"), allow(dead_code))]
    File,
    Environment,
    Code,
}

/// Defines the struct, a method for each setting, and the table of names, from one list.
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
            /// The settings that are not defaults, with their sources.
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

            /// Sets a setting by its name, unless an overriding source has set it.
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
                            self.$text = value::SettingText::parse(text);
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
    /// The settings of a server: its limits, its timeouts and how it stops.
    ///
    /// The defaults are safe on the open network. A setting can be changed in three ways. If several of
    /// them change it, the first one in this list applies:
    ///
    /// 1. in code, by the methods of this type;
    /// 2. in the environment: `HIGHBALL_` and the name of the method in capitals;
    /// 3. in the TOML file that `HIGHBALL_CONFIG` names (feature `config`).
    ///
    /// In the environment and in the file a time is written as `10s`, `500ms` or `1h 30m`, a size in bytes
    /// as `65536`, `64KiB` or `2MiB`, a list with commas (in the file also as an array). The server rejects
    /// an unknown name when it starts, and it prints the settings in force.
    ///
    /// # Examples
    /// ```
    /// # use highball::prelude::*;
    /// # #[get("/")] async fn hello() {}
    /// # #[routes(app)] struct Api(hello);
    /// use std::time::Duration;
    /// use highball::Config;
    ///
    /// let config = Config::default().max_connections(1_000).idle_timeout(Duration::from_secs(30));
    /// let _ = highball::serve(Api).config(config);
    /// ```
    methods {
        /// Limits the time of the TLS handshake, and of the PROXY protocol's header. The default is
        /// 10 seconds.
        handshake_timeout: Duration = Duration::from_secs(10), as Duration;
        /// Limits the time in which a client sends the head of a request, from its first byte. The default
        /// is 10 seconds. A slower client gets 408.
        head_timeout: Duration = Duration::from_secs(10), as Duration;
        /// Limits the time in which a client sends the whole body of a request. The default is 1 hour.
        ///
        /// The timer runs only while the server waits for body data. A slow client usually meets
        /// [`min_body_rate`](Self::min_body_rate) first.
        body_timeout: Duration = Duration::from_secs(3600), as Duration;
        /// Sets the average rate, in bytes a second, at which a client must send a body after the first
        /// 10 seconds. The default is 512. A slower client gets 408.
        ///
        /// The timer runs only while the server waits for body data. A slow handler does not trigger it.
        min_body_rate: u64 = 512, as Bytes;
        /// Limits the time between two requests of a connection. The default is 75 seconds.
        idle_timeout: Duration = Duration::from_secs(75), as Duration;
        /// Limits the time in which a client takes no byte of a response. The default is 30 seconds.
        write_timeout: Duration = Duration::from_secs(30), as Duration;
        /// Limits the number of headers of a request. The default is 100. A request with more gets 431.
        ///
        /// With more than 100, hyper allocates twice for every request.
        max_headers: usize = 100, as usize;
        /// Limits the size of a request's head in bytes. The default is 64 KiB, the minimum 8 KiB. A larger
        /// head gets 431.
        max_head_size: usize = 64 * 1024, as Bytes;
        /// Limits the length of a request's target in bytes. The default is 8 KiB. A longer target gets 414.
        max_uri_len: usize = 8 * 1024, as Bytes;
        /// Limits the size of a body in bytes, for routes that set no `body_limit`. The default is
        /// 2 MiB. A larger body gets 413.
        body_limit: u64 = 2 * 1024 * 1024, as Bytes;
        /// Limits the number of open connections, including WebSockets. The default is 25,000. Further
        /// connections wait in the backlog of the socket.
        max_connections: usize = 25_000, as usize;
        /// Limits the number of open connections from one address, or from one /64 network of IPv6. The
        /// default is 256. Further connections are closed.
        ///
        /// Connections from loopback and from trusted proxies do not count.
        max_connections_per_address: usize = 256, as usize;
        /// Limits the number of requests on a connection of HTTP/1 or HTTP/2, which is closed afterwards. The
        /// default is 100,000.
        max_requests_per_connection: u32 = 100_000, as u32;
        /// Limits the number of concurrent requests on an HTTP/2 connection. The default is 128.
        http2_max_streams: u32 = 128, as u32;
        /// Limits the number of streams of an HTTP/2 connection that are reset because of the client's
        /// errors. The default is 256, the minimum is [`http2_max_streams`](Self::http2_max_streams). The
        /// connection ends at the next such error.
        http2_max_resets: usize = 256, as usize;
        /// Sets whether a request is dropped when its client disconnects. The default is true.
        cancel_on_disconnect: bool = true, as bool;
        /// Sets the number of threads that serve, each with its own runtime and queue of connections. The
        /// default is 0: the app runs on the runtime that calls `serve`.
        ///
        /// With `#[highball::main]` that runtime has one thread for each core. Its threads take work from
        /// each other, so one slow handler does not delay the others.
        workers: usize = 0, as usize;
        /// Sets how long a poll of a handler may occupy its thread before the server logs the route. The
        /// default is 100 ms; 0 turns this off.
        ///
        /// A separate thread checks four times in this period. A route is logged at most once in 10 seconds.
        slow_poll: Duration = Duration::from_millis(100), as Duration;
        /// Sets how long a runtime may be blocked before the process ends, at least 1 second. The default is 0, which
        /// turns this off, or half of the time of systemd's watchdog if that is on.
        ///
        /// With [`workers`](Self::workers), the other runtimes first stop and finish their requests, as at SIGTERM. Then
        /// the process ends with exit code 70, so that a supervisor starts it again. Without them, the runtime is
        /// blocked if all its threads are, so nothing could finish, and the process ends at once.
        end_when_blocked: Duration = Duration::ZERO, as Duration;
        /// Sets how long the server continues to accept connections after a stop has begun, while
        /// `/readyz` returns 503. The default is 0.
        ///
        /// Set it to the time that a load balancer needs to notice.
        shutdown_delay: Duration = Duration::ZERO, as Duration;
        /// Limits the time in which a stopping server waits for open connections and spawned tasks. The
        /// default is 30 seconds.
        shutdown_timeout: Duration = Duration::from_secs(30), as Duration;
    }
    texts {
        /// Addresses to listen on, if the code sets none: `0.0.0.0:80`, `unix:/path`.
        listen: Vec<String>;
        /// The PEM files of the certificate, of its key, and of the authority that signs client
        /// certificates.
        tls_cert: Option<PathBuf>;
        tls_key: Option<PathBuf>;
        tls_client_ca: Option<PathBuf>;
        /// Networks whose connections begin with the PROXY protocol.
        proxy_protocol: Vec<String>;
        /// Addresses of the app for operators, if the code sets none.
        admin_listen: Vec<String>;
        /// The bearer token of operators, if the code sets none.
        admin_token: Option<Secret>;
    }
}

impl Config {
    /// Records the source of a setting. Returns false if an overriding source has set it.
    fn note(&mut self, name: &'static str, source: SetBy) -> bool {
        match self.set.iter_mut().find(|(set, _)| *set == name) {
            None => self.set.push((name, source)),
            Some((_, before)) if *before > source => return false,
            Some((_, before)) => *before = source,
        }
        true
    }

    /// Returns whether a setting was set, also to its default.
    pub(crate) fn is_set(&self, name: &str) -> bool {
        self.set.iter().any(|(set, _)| *set == name)
    }

    /// Returns the settings in force as text, with the source of each that is not the default.
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
        let mut config = Config::default().max_headers(7);
        for (source, text) in [(SetBy::Environment, "5"), (SetBy::File, "3")] {
            config
                .set("max_headers", text, source)
                .expect("it is a number");
            config
                .set("http2_max_streams", text, source)
                .expect("it is a number");
        }
        assert_eq!((config.max_headers, config.http2_max_streams), (7, 5));
        let text = config.in_force();
        assert!(text.contains("max_headers 7 (code)"), "{text}");
        assert!(text.contains("http2_max_streams 5 (environment)"), "{text}");
        assert!(text.contains("head_timeout 10s, "), "{text}");
    }
}
