//! RabbitMQ.

use std::fmt::Write as _;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::program;
use super::recipe::Recipe;
use super::site::Site;

/// RabbitMQ registers with epmd. A separate one, on another port than usual, ends with the server.
const START: &str = "epmd -address 127.0.0.1 -port \"$ERL_EPMD_PORT\" & exec \"$0\"";

#[derive(Debug)]
pub(super) struct RabbitMq;

impl Recipe for RabbitMq {
    fn name(&self) -> &'static str {
        "RabbitMQ"
    }

    fn is_installed(&self) -> bool {
        find().is_some() && program::find("epmd", &[]).is_some()
    }

    fn prepare(&self, site: &Site) {
        let mut config = String::new();
        if let Some(password) = &site.options.password {
            let _to_memory = writeln!(config, "default_pass = {password}");
        }
        for (name, value) in &site.options.settings {
            let _to_memory = writeln!(config, "{name} = {value}");
        }
        site.write("rabbitmq.conf", &config);
        site.write("plugins", "[].\n");
    }

    fn command(&self, site: &Site) -> Command {
        let [port, distribution, epmd] = site.ports.map(|port| port.to_string());
        let mut command = site.command(Path::new("sh"));
        command
            .args(["-c", START])
            .arg(find().expect("it was found before"))
            .env("HOME", site.data())
            .env("ERL_EPMD_ADDRESS", "127.0.0.1")
            .env("ERL_EPMD_PORT", epmd)
            .env("ERL_FLAGS", "-kernel inet_dist_use_interface {127,0,0,1}")
            // Erlang replaces the shell that starts it, so the signal for a stop reaches it.
            .env("RUNNING_UNDER_SYSTEMD", "true")
            .env("RABBITMQ_CONFIG_FILE", site.directory.join("rabbitmq.conf"))
            .env("RABBITMQ_CONF_ENV_FILE", "/dev/null")
            .env("RABBITMQ_DIST_PORT", distribution)
            .env(
                "RABBITMQ_ENABLED_PLUGINS_FILE",
                site.directory.join("plugins"),
            )
            .env("RABBITMQ_LOGS", "-")
            .env("RABBITMQ_LOG_BASE", site.data().join("logs"))
            .env("RABBITMQ_MNESIA_BASE", site.data().join("mnesia"))
            .env("RABBITMQ_NODENAME", "faults@localhost")
            .env("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1")
            .env("RABBITMQ_NODE_PORT", port)
            .env("RABBITMQ_PID_FILE", site.data().join("pid"));
        command
    }

    /// Sends the header of AMQP 0-9-1, to which the server responds with a frame on channel 0.
    fn probe(&self, mut stream: TcpStream) -> io::Result<bool> {
        stream.write_all(b"AMQP\0\0\x09\x01")?;
        let mut frame = [0; 3];
        stream.read_exact(&mut frame)?;
        Ok(frame == [1, 0, 0])
    }

    /// A stop before the end of the start fails.
    fn ready_text(&self) -> Option<&'static str> {
        Some("Server startup complete")
    }

    fn url(&self, site: &Site, addr: SocketAddr) -> String {
        let password = site.options.password.as_deref().unwrap_or("guest");
        format!("amqp://guest:{password}@{addr}/%2f")
    }

    fn stop_signal(&self) -> &'static str {
        "TERM"
    }
}

/// The program in Debian's `PATH` changes the user, so the one behind it is preferred.
fn find() -> Option<PathBuf> {
    program::find("rabbitmq-server", &[PathBuf::from("/usr/lib/rabbitmq/bin")])
}
