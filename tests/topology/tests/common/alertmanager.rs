//! A real Alertmanager, which sends its webhook to programs. The Debian package `prometheus-alertmanager` has it.

use std::{
    fs,
    net::SocketAddr,
    process::{Child, Command, Stdio},
    time::{Duration, SystemTime},
};

use super::{Folder, free, send, until};

/// The secret of the webhook.
pub const TOKEN: &str = "the-token-of-the-test";

pub struct Alertmanager {
    child: Child,
    addr: SocketAddr,
    /// When each alert begins, as Prometheus sends it.
    begun: String,
    _folder: Folder,
}

impl Drop for Alertmanager {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}

impl Alertmanager {
    /// Starts it with these programs as receivers, which each get every alert. Without it, this prints so.
    pub fn start(name: &str, receivers: &[SocketAddr], token: &str) -> Option<Self> {
        let folder = Folder::new(&format!("alertmanager-{name}"));
        let hooks = receivers.iter().map(|addr| {
            format!(
                "  - url: http://{addr}/alerts\n    send_resolved: true\n    http_config:\n      authorization:\n        \
                 credentials: {token}\n"
            )
        });
        let config = format!(
            "route:\n  receiver: app\n  group_by: ['...']\n  group_wait: 0s\n  group_interval: 1s\n  repeat_interval: \
             1h\nreceivers:\n- name: app\n  webhook_configs:\n{}",
            hooks.collect::<String>()
        );
        let path = folder.0.join("alertmanager.yml");
        fs::write(&path, config).expect("a file");
        let addr = free();
        let started = Command::new("prometheus-alertmanager")
            .arg(format!("--config.file={}", path.display()))
            .arg(format!("--storage.path={}", folder.0.display()))
            .arg(format!("--web.listen-address={addr}"))
            .arg("--cluster.listen-address=")
            .stdout(Stdio::null())
            .stderr(fs::File::create(folder.0.join("log")).expect("a file"))
            .spawn();
        let Ok(child) = started else {
            println!("left out: the Debian package `prometheus-alertmanager` is not installed");
            return None;
        };
        let manager = Self {
            child,
            addr,
            begun: time(Duration::ZERO),
            _folder: folder,
        };
        until("Alertmanager is ready", || {
            let ready = send(addr, "GET /-/ready HTTP/1.1\r\nhost: localhost\r\n", "");
            ready.is_ok_and(|response| response.starts_with("HTTP/1.1 200 "))
        });
        Some(manager)
    }

    /// Begins an alert.
    pub fn fire(&self, alert: &str, number: u32) {
        self.post(alert, number, "");
    }

    /// Ends an alert.
    pub fn resolve(&self, alert: &str, number: u32) {
        self.post(
            alert,
            number,
            &format!(",\"endsAt\":\"{}\"", time(Duration::ZERO)),
        );
    }

    fn post(&self, alert: &str, number: u32, end: &str) {
        let body = format!(
            "[{{\"labels\":{{\"alertname\":\"{alert}\",\"number\":\"{number}\",\"zone\":\"a; b\"}},\"startsAt\":\"{}\"{end}}}]",
            self.begun
        );
        let head =
            "POST /api/v2/alerts HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";
        let response = send(self.addr, head, &body).expect("it listens");
        assert!(response.starts_with("HTTP/1.1 200 "), "{response}");
    }
}

/// Returns the time before now, as Alertmanager writes it.
pub fn time(before: Duration) -> String {
    let time = SystemTime::now() - before;
    let output = Command::new("date")
        .args(["-u", "+%Y-%m-%dT%H:%M:%SZ", "-d"])
        .arg(format!(
            "@{}",
            time.duration_since(SystemTime::UNIX_EPOCH)
                .expect("after 1970")
                .as_secs()
        ))
        .output()
        .expect("`date` runs");
    String::from_utf8(output.stdout)
        .expect("a time")
        .trim()
        .to_owned()
}

/// Returns a notification with one alert.
pub fn notification(status: &str, alert: &str, starts_at: &str) -> String {
    format!(
        "{{\"version\":\"4\",\"new\":1,\"alerts\":[{{\"status\":\"{status}\",\"labels\":{{\"alertname\":\"{alert}\"}},\
         \"startsAt\":\"{starts_at}\",\"fingerprint\":\"f\"}}]}}"
    )
}

/// Sends a notification to a program, and returns the whole response.
pub fn notify(addr: SocketAddr, path: &str, token: Option<&str>, body: &str) -> String {
    let token = token.map(|token| format!("authorization: Bearer {token}\r\n"));
    let token = token.unwrap_or_default();
    let head = format!("POST {path} HTTP/1.1\r\nhost: localhost\r\n{token}");
    send(addr, &head, body).expect("it answers")
}
