//! Redis.

use std::fmt::Write as _;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::Command;

use super::program;
use super::recipe::Recipe;
use super::site::Site;

/// Settings that a test may replace.
const SETTINGS: &str = "bind 127.0.0.1\nappendonly yes\nsave \"\"\n";

#[derive(Debug)]
pub(super) struct Redis;

impl Recipe for Redis {
    fn name(&self) -> &'static str {
        "Redis"
    }

    fn is_installed(&self) -> bool {
        find().is_some()
    }

    fn prepare(&self, site: &Site) {
        let mut config = SETTINGS.to_owned();
        if let Some(password) = &site.options.password {
            let _to_memory = writeln!(config, "requirepass {password}");
        }
        for (name, value) in &site.options.settings {
            let _to_memory = writeln!(config, "{name} {value}");
        }
        site.write("redis.conf", &config);
    }

    fn command(&self, site: &Site) -> Command {
        let mut command = site.command(&find().expect("it was found before"));
        command.arg(site.directory.join("redis.conf"));
        command.arg("--dir").arg(site.data());
        command.arg("--port").arg(site.ports[0].to_string());
        command
    }

    /// Sends a command. While the server reads its file, it returns the error `LOADING`.
    fn probe(&self, mut stream: TcpStream) -> io::Result<bool> {
        stream.write_all(b"PING\r\n")?;
        let mut answer = [0; 5];
        stream.read_exact(&mut answer)?;
        Ok(matches!(&answer, b"+PONG" | b"-NOAU"))
    }

    fn url(&self, site: &Site, addr: SocketAddr) -> String {
        match &site.options.password {
            Some(password) => format!("redis://:{password}@{addr}/"),
            None => format!("redis://{addr}/"),
        }
    }

    fn stop_signal(&self) -> &'static str {
        "TERM"
    }
}

fn find() -> Option<PathBuf> {
    program::find("redis-server", &[])
}
