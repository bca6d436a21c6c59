//! Signals to all processes of a server, and their end when the test ends.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use super::site::Site;
use super::user::User;

/// A shell that outlives the test program, and sends the signals.
///
/// It waits on a pipe whose other end closes with the test program, even if the program is killed. Then it kills the
/// processes of the server and removes its directory.
#[derive(Debug)]
pub(super) struct Keeper {
    shell: Child,
    user: User,
    data: PathBuf,
}

/// A process belongs to the server if the directory of the data is its working directory. A process group would not be
/// enough: the processes of PostgreSQL and Erlang leave the group of the first one, and lose their parent if it is
/// killed.
///
/// Before a kill all processes are paused, so that none of them reacts to the end of another.
const FUNCTIONS: &str = r#"
processes() {
    for process in /proc/[0-9]*; do
        if [ "$process/cwd" -ef "$1" ]; then
            echo "${process#/proc/}"
        fi
    done
}
send() {
    found="$(processes "$2")"
    [ -n "$found" ] || return 1
    kill -s "$1" $found 2>/dev/null
    return 0
}
kill_all() {
    send STOP "$1"
    while send KILL "$1"; do
        sleep 0.01
    done
}
"#;

/// A killed PostgreSQL leaves a segment of shared memory, whose number is in line 7 of its file.
const KEEP: &str = r#"
trap '' HUP INT TERM
echo ready
read -r _
kill_all "$1/data"
segment="$(sed -n '7s/.* //p' "$1/data/postmaster.pid" 2>/dev/null)"
[ -z "$segment" ] || ipcrm -m "$segment" 2>/dev/null
rm -rf "$1"
"#;

impl Keeper {
    /// Starts the shell, which happens before the first process of the server starts.
    pub(super) fn start(site: &Site) -> Self {
        let mut command = shell(site.user, KEEP);
        command
            .arg(&site.directory)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // A signal to the group of the test program must not end it.
            .process_group(0);
        let mut shell = command.spawn().expect("`sh` is installed");
        let stdout = shell.stdout.take().expect("it is a pipe");
        let mut line = String::new();
        let read = BufReader::new(stdout).read_line(&mut line);
        assert!(
            read.is_ok() && line == "ready\n",
            "the shell of a server ended"
        );
        Self {
            shell,
            user: site.user,
            data: site.data(),
        }
    }

    /// Sends a signal to one process, which must be a child that is not reaped.
    pub(super) fn signal(&self, process: u32, signal: &str) {
        let mut command = shell(self.user, "kill -s \"$1\" \"$2\"");
        run(command.arg(signal).arg(process.to_string()));
    }

    /// Sends a signal to all processes of the server.
    pub(super) fn signal_all(&self, signal: &str) {
        let mut command = shell(self.user, "send \"$1\" \"$2\"");
        run(command.arg(signal).arg(&self.data));
    }

    /// Returns the ids of the processes of the server.
    pub(super) fn processes(&self) -> Vec<u32> {
        let mut command = shell(self.user, "processes \"$1\"");
        let output = command.arg(&self.data).output().expect("`sh` is installed");
        let lines = String::from_utf8_lossy(&output.stdout);
        lines.lines().filter_map(|line| line.parse().ok()).collect()
    }

    /// Kills all processes of the server, and waits until they have ended.
    pub(super) fn kill_all(&self) {
        run(shell(self.user, "kill_all \"$1\"").arg(&self.data));
    }

    /// Kills the processes, removes the directory, and waits for both.
    pub(super) fn end(&mut self) {
        // `wait` closes the pipe.
        let _status = self.shell.wait();
    }
}

/// Returns a shell that runs a script as the user of the server. Root could not read the working directories of other
/// users' processes in a container, where it lacks the capability to trace them.
fn shell(user: User, script: &str) -> Command {
    let mut command = user.command("sh");
    command
        .arg("-c")
        .arg(format!("{FUNCTIONS}{script}"))
        .arg("sh")
        .current_dir("/");
    command
}

fn run(command: &mut Command) {
    // The exit status depends on whether there was a process.
    command.status().expect("`sh` is installed");
}
