//! PostgreSQL.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::Command;

use super::program;
use super::recipe::Recipe;
use super::site::Site;

const USER: &str = "highball";

/// Settings that a test may replace.
const SETTINGS: &[(&str, &str)] = &[
    ("fsync", "off"),
    ("ssl", "off"),
    // Shared memory in the directory of the data is removed with it.
    ("dynamic_shared_memory_type", "mmap"),
    ("unix_socket_directories", ""),
    ("listen_addresses", "127.0.0.1"),
];

#[derive(Debug)]
pub(super) struct Postgres;

impl Recipe for Postgres {
    fn name(&self) -> &'static str {
        "PostgreSQL"
    }

    fn is_installed(&self) -> bool {
        find("initdb").is_some() && find("postgres").is_some()
    }

    fn prepare(&self, site: &Site) {
        let password = site.write("password", password(site));
        let output = site
            .command(&find("initdb").expect("it was found before"))
            .args(["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"])
            .args(["--no-sync", "--no-instructions"])
            .arg(format!("--username={USER}"))
            .arg(format!("--pwfile={}", password.display()))
            .arg(site.data())
            .output()
            .expect("the program is installed");
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "initdb failed: {message}");
    }

    fn command(&self, site: &Site) -> Command {
        let mut command = site.command(&find("postgres").expect("it was found before"));
        command.arg("-D").arg(site.data());
        command.arg("-p").arg(site.ports[0].to_string());
        for (name, value) in SETTINGS {
            command.arg("-c").arg(format!("{name}={value}"));
        }
        for (name, value) in &site.options.settings {
            command.arg("-c").arg(format!("{name}={value}"));
        }
        command
    }

    /// Sends the first message of a client. The server requests a password if it accepts clients, and returns an error
    /// while it starts.
    fn probe(&self, mut stream: TcpStream) -> io::Result<bool> {
        let parameters = format!("user\0{USER}\0database\0postgres\0\0");
        let mut message = (parameters.len() as u32 + 8).to_be_bytes().to_vec();
        message.extend(0x0003_0000_u32.to_be_bytes());
        message.extend(parameters.as_bytes());
        stream.write_all(&message)?;
        let mut kind = [0];
        stream.read_exact(&mut kind)?;
        Ok(kind == *b"R")
    }

    fn url(&self, site: &Site, addr: SocketAddr) -> String {
        format!("postgres://{USER}:{}@{addr}/postgres", password(site))
    }

    fn stop_signal(&self) -> &'static str {
        "INT"
    }

    fn immediate_signal(&self) -> Option<&'static str> {
        Some("QUIT")
    }
}

fn password(site: &Site) -> &str {
    site.options.password.as_deref().unwrap_or(USER)
}

/// Debian has the programs of each version in a folder outside of `PATH`.
fn find(name: &str) -> Option<PathBuf> {
    program::find(name, &program::versions("/usr/lib/postgresql"))
}
