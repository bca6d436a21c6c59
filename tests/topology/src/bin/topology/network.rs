//! Network namespaces that a bridge joins.

use std::io::Write as _;
use std::net::Ipv4Addr;
use std::process::{Command, Stdio};

/// The address of the host `number`. All are in one network that exists only in the namespaces.
pub(crate) fn address(number: u8) -> Ipv4Addr {
    Ipv4Addr::new(10, 77, 0, number)
}

/// The address of this program on the bridge.
const BRIDGE: u8 = 254;

/// A host: a namespace with one address.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Host {
    name: String,
    pub(crate) address: Ipv4Addr,
}

impl Host {
    pub(crate) fn new(name: impl Into<String>, number: u8) -> Self {
        Self {
            name: name.into(),
            address: address(number),
        }
    }

    /// Returns a command that runs a program on this host.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        // `ip` replaces itself by the program, so the process that is started is the program.
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.name]).arg(program);
        command
    }
}

/// Creates the bridge and the hosts.
pub(crate) fn create<'h>(hosts: impl IntoIterator<Item = &'h Host>) -> Result<(), String> {
    // The names of namespaces are files. On this mount they end with the namespace of mounts.
    std::fs::create_dir_all("/run/netns").map_err(|error| format!("/run/netns: {error}"))?;
    run("mount", &["-t", "tmpfs", "tmpfs", "/run/netns"], "")?;
    let bridge = address(BRIDGE);
    let mut lines = format!(
        "link set lo up\nlink add br0 type bridge\naddr add {bridge}/24 dev br0\nlink set br0 up\n"
    );
    for Host { name, address } in hosts {
        run("ip", &["netns", "add", name], "")?;
        lines += &format!(
            "link add v-{name} type veth peer name eth0 netns {name}\nlink set v-{name} master br0 up\n"
        );
        let inner = format!("addr add {address}/24 dev eth0\nlink set eth0 up\nlink set lo up\n");
        run("ip", &["-batch", "-"], &std::mem::take(&mut lines))?;
        run("ip", &["-netns", name, "-batch", "-"], &inner)?;
    }
    Ok(())
}

/// The packets and bytes that hosts have sent and received.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Traffic {
    pub(crate) packets: u64,
    pub(crate) bytes: u64,
}

/// Returns the traffic of these hosts since their creation, from the counters of the bridge's side.
pub(crate) fn traffic(hosts: &[Host]) -> Result<Traffic, String> {
    let table = std::fs::read_to_string("/proc/net/dev").map_err(|error| error.to_string())?;
    let mut sum = Traffic::default();
    for line in table.lines() {
        let Some((device, counters)) = line.split_once(':') else {
            continue;
        };
        let is_counted = |host: &Host| device.trim().strip_prefix("v-") == Some(&host.name);
        if hosts.iter().any(is_counted) {
            // Bytes and packets: received first, and sent from the ninth column.
            let counters: Vec<u64> = counters
                .split_whitespace()
                .filter_map(|counter| counter.parse().ok())
                .collect();
            sum.bytes += counters[0] + counters[8];
            sum.packets += counters[1] + counters[9];
        }
    }
    Ok(sum)
}

/// Runs a command with this input. Its output is part of the error.
fn run(program: &str, args: &[&str], input: &str) -> Result<(), String> {
    let fail = |error: &dyn std::fmt::Display| format!("{program} {}: {error}", args.join(" "));
    let mut child = Command::new(program)
        .args(args)
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| fail(&error))?;
    let mut stdin = child.stdin.take().ok_or("no standard input")?;
    // A program that does not read its input may have closed it.
    let _unread = stdin.write_all(input.as_bytes());
    drop(stdin);
    let output = child.wait_with_output().map_err(|error| fail(&error))?;
    if output.status.success() {
        return Ok(());
    }
    Err(fail(&String::from_utf8_lossy(&output.stderr)))
}
