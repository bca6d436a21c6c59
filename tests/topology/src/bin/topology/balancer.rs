//! HAProxy, which checks the readiness of each instance.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::Layer;
use crate::instance::PORT;
use crate::network::Host;
use crate::process::Process;

/// The longest time until the balancer has noticed a change.
const NOTICE: Duration = Duration::from_secs(20);
/// The column of the state in the table of the servers.
const STATUS: usize = 17;

/// A running balancer.
pub(crate) struct Balancer {
    socket: PathBuf,
    process: Process,
}

impl Balancer {
    /// Starts it in front of these hosts. The files are in `folder`.
    pub(crate) fn start(
        folder: &Path,
        host: &Host,
        slots: &[Host],
        layer: Layer,
    ) -> Result<Self, String> {
        let socket = folder.join("haproxy.sock");
        let config = folder.join("haproxy.cfg");
        std::fs::write(&config, configuration(&socket, host, slots, layer))
            .map_err(|error| error.to_string())?;
        let mut command = host.command("haproxy");
        command
            .args(["-q", "-db", "-f"])
            .arg(&config)
            .stdout(Stdio::null());
        let process = Process::start(&mut command)?;
        Ok(Self { socket, process })
    }

    /// Returns the CPU time that it has used so far.
    pub(crate) fn cpu(&self) -> Duration {
        self.process.cpu()
    }

    /// Waits until exactly these slots receive requests, and returns the time that it took.
    pub(crate) fn wait_for(&self, ready: &[usize]) -> Result<Duration, String> {
        let begin = Instant::now();
        while begin.elapsed() < NOTICE {
            if self.ready().is_ok_and(|found| found == ready) {
                return Ok(begin.elapsed());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Err(format!(
            "the balancer has not noticed that {ready:?} are ready"
        ))
    }

    /// Returns the slots that receive requests, in order.
    fn ready(&self) -> std::io::Result<Vec<usize>> {
        let mut stream = UnixStream::connect(&self.socket)?;
        stream.write_all(b"show stat\n")?;
        let mut table = String::new();
        stream.read_to_string(&mut table)?;
        let rows = table
            .lines()
            .map(|line| line.split(',').collect::<Vec<_>>());
        let up = rows.filter(|row| {
            row.get(STATUS)
                .is_some_and(|status| status.starts_with("UP"))
        });
        Ok(up
            .filter_map(|row| row[1].strip_prefix("slot")?.parse().ok())
            .collect())
    }
}

/// It never sends a request twice: a request that it cannot deliver is a response with 503, or a closed connection.
fn configuration(socket: &Path, host: &Host, slots: &[Host], layer: Layer) -> String {
    let mode = match layer {
        Layer::Http => "http",
        Layer::Tcp => "tcp",
    };
    let mut text = format!(
        "global
    maxconn 8192
    nbthread 1
    stats socket {}
defaults
    mode {mode}
    timeout connect 5s
    timeout client 30s
    timeout server 30s
    timeout check 5s
    retries 0
listen shop
    bind {}:80
    balance roundrobin
    option httpchk GET /readyz
    http-check expect status 200
    default-server check inter 200ms fall 2 rise 1
",
        socket.display(),
        host.address
    );
    for (slot, host) in slots.iter().enumerate() {
        let _to_memory = writeln!(text, "    server slot{slot} {}:{PORT}", host.address);
    }
    text
}
