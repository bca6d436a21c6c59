//! Binds unix sockets: sets their permissions and replaces stale socket files.

use std::{
    fs, io,
    os::unix::{
        fs::{FileTypeExt, PermissionsExt},
        net::{UnixListener, UnixStream},
    },
    path::{Path, PathBuf},
};

use crate::{
    error::{Error, Result},
    server::listener::{ConnectionSource, SocketFile},
};

/// Binds a unix socket to the path, with these permissions.
///
/// The socket is bound under a temporary name, then gets its permissions and is renamed. So no
/// client can connect before the permissions are set, and a stale file is replaced atomically.
pub(crate) fn bind(path: PathBuf, mode: u32) -> Result<ConnectionSource> {
    make_room(&path)?;
    let listener = bind_at(&path, mode).map_err(|error| {
        let message = format!(
            "cannot listen on unix:{}: use a path in a directory that this user can write to",
            path.display()
        );
        Error::because(message, error)
    })?;
    Ok(ConnectionSource::Unix(listener, Some(SocketFile(path))))
}

fn bind_at(path: &Path, mode: u32) -> io::Result<UnixListener> {
    let mut early = path.as_os_str().to_owned();
    early.push(format!(".{}", std::process::id()));
    let early = PathBuf::from(early);
    let listener = UnixListener::bind(&early)?;
    let placed = fs::set_permissions(&early, fs::Permissions::from_mode(mode))
        .and_then(|()| fs::rename(&early, path))
        .and_then(|()| listener.set_nonblocking(true));
    if let Err(error) = placed {
        let _ = fs::remove_file(&early);
        return Err(error);
    }
    Ok(listener)
}

/// Fails unless the path is free or holds a socket on which no process listens.
fn make_room(path: &Path) -> Result {
    let Ok(metadata) = fs::symlink_metadata(path) else {
        return Ok(());
    };
    let shown = path.display();
    if !metadata.file_type().is_socket() {
        return Err(Error::new(format!(
            "cannot listen on unix:{shown}: the path is a file that is not a socket; use another path"
        )));
    }
    if UnixStream::connect(path).is_ok() {
        return Err(Error::new(format!(
            "cannot listen on unix:{shown}: another program listens there; stop it or use another path"
        )));
    }
    Ok(())
}
