//! An alert starts a further instance, which takes traffic behind HAProxy. Without HAProxy or Alertmanager, this prints
//! so.

mod common;

use std::{
    collections::BTreeSet,
    fs,
    net::SocketAddr,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Child, Command, Stdio},
};

use common::{
    Folder, Load, Program,
    alertmanager::{Alertmanager, TOKEN},
    free, get, kill, until,
};

/// A process that ends with the test.
struct Balancer(Child);

impl Drop for Balancer {
    fn drop(&mut self) {
        let _gone = self.0.kill();
        let _reaped = self.0.wait();
    }
}

impl Balancer {
    /// Starts HAProxy with two places for instances.
    fn start(folder: &Path, addr: SocketAddr, instances: [SocketAddr; 2]) -> Option<Self> {
        let config = folder.join("haproxy.cfg");
        let [one, two] = instances;
        let text = format!(
            "defaults\n  mode http\n  timeout connect 5s\n  timeout client 30s\n  timeout server 30s\n\
             listen shop\n  bind {addr}\n  balance roundrobin\n  option httpchk GET /readyz\n  \
             http-check expect status 200\n  default-server check inter 200ms fall 2 rise 1\n  \
             server one {one}\n  server two {two}\n"
        );
        fs::write(&config, text).expect("a file");
        let started = Command::new("haproxy")
            .args(["-q", "-db", "-f"])
            .arg(&config)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        started.ok().map(Self)
    }
}

/// The instance that the command has started, which has no other owner.
struct Further(String);

impl Drop for Further {
    fn drop(&mut self) {
        kill("TERM", &self.0);
    }
}

#[test]
fn alert_starts_an_instance_that_takes_traffic() {
    let (folder, balancer, further) = (Folder::new("balancer"), free(), free());
    let (script, pid) = (folder.0.join("scale"), folder.0.join("pid"));
    let text = format!(
        "#!/bin/sh\ncd {}\nHIGHBALL_LISTEN={further} HIGHBALL_ADMIN_LISTEN={} {} > log 2>&1 &\necho $! > {}\n",
        folder.0.display(),
        free(),
        env!("CARGO_BIN_EXE_recovering"),
        pid.display()
    );
    fs::write(&script, text).expect("a file");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o700)).expect("a file");
    let script = script.display().to_string();
    let mut program = Program::start("first", &[], &[("SCALE", &script)]);
    let Some(manager) = Alertmanager::start("scale-out", &[program.admin], TOKEN) else {
        return;
    };
    let Some(_haproxy) = Balancer::start(&folder.0, balancer, [program.addr, further]) else {
        println!("left out: the Debian package `haproxy` is not installed");
        return;
    };
    until("the balancer knows the first one", || {
        get(balancer, "/pid").is_ok()
    });
    let only = program.pid();
    // HAProxy takes all servers for ready until their first checks.
    until("only the first one has traffic", || {
        (0..10).all(|_| get(balancer, "/pid").is_ok_and(|pid| pid == only))
    });
    let load = Load::start(balancer, 4);
    manager.fire("full", 1);
    let mut seen = BTreeSet::new();
    until("two instances have traffic", || {
        seen.extend(get(balancer, "/pid"));
        seen.len() == 2
    });
    let started = fs::read_to_string(&pid).expect("the command has run");
    let started = Further(started.trim().to_owned());
    assert!(seen.contains(&started.0), "{seen:?}");
    // A repeated notification, and another alert, start no third one.
    manager.fire("full", 1);
    manager.fire("full", 2);
    until("the budget is used up", || {
        program.log().contains("exhausted")
    });
    let (answered, refused, lost) = load.stop();
    println!("{answered} answered, {refused} refused, {lost} lost");
    assert!(answered > 0);
    assert_eq!((refused, lost), (0, 0));
    drop(started);
    assert_eq!(program.stop(), Some(0));
}
