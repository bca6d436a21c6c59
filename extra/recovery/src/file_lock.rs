//! A lock for the instances of one machine.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read as _, Seek as _, Write as _},
    path::{Path, PathBuf},
    time::Duration,
};

use jiff::Timestamp;
use nix::fcntl::{Flock, FlockArg};
use tokio::task::spawn_blocking;

use crate::lock::{Lock, Locking};

/// A [`Lock`] for the instances of one machine: a file that all of them can write.
///
/// # Examples
/// ```
/// use highball_recovery::FileLock;
///
/// let lock = FileLock::at("/run/shop/recovery.lock");
/// # let _ = lock;
/// ```
#[derive(Debug, Clone)]
pub struct FileLock(PathBuf);

impl FileLock {
    /// Names the file. Its folder must exist, and be on a local disk.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }
}

impl Lock for FileLock {
    fn acquire<'l>(&'l self, holder: &'l str, lease: Duration) -> Locking<'l, bool> {
        let (path, holder) = (self.0.clone(), holder.to_owned());
        Box::pin(async move {
            let taken = spawn_blocking(move || change(&path, &holder, Some(lease)));
            Ok(taken.await??)
        })
    }

    fn release<'l>(&'l self, holder: &'l str) -> Locking<'l, ()> {
        let (path, holder) = (self.0.clone(), holder.to_owned());
        Box::pin(async move {
            spawn_blocking(move || change(&path, &holder, None)).await??;
            Ok(())
        })
    }
}

/// Takes the lock for a time, or gives it back. Returns whether the holder had or has it.
fn change(path: &Path, holder: &str, lease: Option<Duration>) -> io::Result<bool> {
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)?;
    // The system releases it when the file is closed, also if the process is killed here.
    let mut file: Flock<File> =
        Flock::lock(file, FlockArg::LockExclusive).map_err(|(_, error)| error)?;
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    let (other, until) = text.split_once(' ').unwrap_or_default();
    // A damaged file is a free lock.
    let until = until.trim().parse().unwrap_or(0);
    let now = Timestamp::now().as_millisecond();
    if other != holder && now < until {
        return Ok(false);
    }
    let text = lease.map(|lease| {
        let lease = i64::try_from(lease.as_millis()).unwrap_or(i64::MAX);
        format!("{holder} {}\n", now.saturating_add(lease))
    });
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(text.unwrap_or_default().as_bytes())?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_holder_has_the_lock_until_it_gives_it_back_or_its_time_is_over() {
        let path = std::env::temp_dir().join(format!("recovery-lock-{}", std::process::id()));
        let long = Some(Duration::from_secs(60));
        let have = |holder, lease| change(&path, holder, lease).expect("a file");
        assert!(have("one", long));
        assert!(!have("two", long));
        assert!(have("one", long), "it may have it twice");
        assert!(!have("two", None), "another one cannot give it back");
        assert!(!have("two", long));
        assert!(have("one", None));
        assert!(have("two", Some(Duration::ZERO)));
        assert!(have("one", long), "the time of the other is over");
        std::fs::write(&path, "damaged").expect("a file");
        assert!(have("two", long));
        std::fs::remove_file(&path).expect("a file");
    }
}
