//! The thread that has the file.
//!
//! Calls are commands that it receives through a channel. While it waits for the disk, further commands arrive, and the
//! next transaction has all of them. So many publishers wait for one write to the disk.

use std::{
    fmt,
    sync::mpsc::{Receiver, Sender, channel},
    thread::JoinHandle,
};

use tokio::sync::oneshot;

use crate::{error::Failure, session::Session, store::Store};

/// The most commands of a transaction. The first of them waits until the last one has run.
const MOST: usize = 1024;

/// A call. It receives an error instead of a transaction if there is none.
pub(crate) type Command = Box<dyn FnOnce(Result<&mut Session<'_>, Failure>) -> Done + Send>;

/// A command that has run.
pub(crate) struct Done {
    /// Why the transaction cannot be committed.
    failure: Option<Failure>,
    /// Answers the caller, when the outcome of the transaction is known.
    answer: Box<dyn FnOnce(Result<(), Failure>)>,
}

/// The thread of a file. It ends when this is dropped.
pub(crate) struct Writer {
    commands: Option<Sender<Command>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread.
    pub(crate) fn start(mut store: Store) -> std::io::Result<Self> {
        let (commands, receiver) = channel();
        let thread = std::thread::Builder::new().name("jobs-redb".to_owned());
        let thread = thread.spawn(move || run(&mut store, &receiver))?;
        Ok(Self {
            commands: Some(commands),
            thread: Some(thread),
        })
    }

    /// Runs a command, and returns when its changes are on the disk.
    ///
    /// A command whose caller does not wait any longer runs all the same.
    pub(crate) async fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Session<'_>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let (tx, rx) = oneshot::channel();
        let sender = self.commands.as_ref().ok_or(Failure::Ended)?;
        let sent = sender.send(command(work, tx));
        sent.map_err(|_| Failure::Ended)?;
        rx.await.unwrap_or(Err(Failure::Ended))
    }

    /// Returns a sender of commands for which no caller waits.
    pub(crate) fn sender(&self) -> Option<Sender<Command>> {
        self.commands.clone()
    }
}

impl Drop for Writer {
    /// Waits until the commands that were sent are on the disk, and the file is closed.
    fn drop(&mut self) {
        self.commands = None;
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has been reported by its callers.
            thread.join().ok();
        }
    }
}

/// Returns a command that answers through a channel.
pub(crate) fn command<T: Send + 'static>(
    work: impl FnOnce(&mut Session<'_>) -> Result<T, Failure> + Send + 'static,
    tx: oneshot::Sender<Result<T, Failure>>,
) -> Command {
    Box::new(move |session| {
        let result = session.and_then(work);
        let failure = match &result {
            Err(failure) if !matches!(failure, Failure::Refused(_)) => Some(failure.clone()),
            _ => None,
        };
        Done {
            failure,
            answer: Box::new(move |committed| {
                // The caller may have gone away.
                tx.send(committed.and(result)).ok();
            }),
        }
    })
}

fn run(store: &mut Store, commands: &Receiver<Command>) {
    while let Ok(first) = commands.recv() {
        let more = commands.try_iter();
        run_batch(store, &mut std::iter::once(first).chain(more).take(MOST));
    }
}

/// Runs commands in one transaction, and answers them.
fn run_batch(store: &mut Store, commands: &mut dyn Iterator<Item = Command>) {
    let mut answers = Vec::new();
    let committed = store.transact(|session| {
        for command in &mut *commands {
            let done = command(Ok(&mut *session));
            answers.push(done.answer);
            if let Some(failure) = done.failure {
                return Err(failure);
            }
        }
        Ok(())
    });
    let Err(failure) = committed else {
        return answers.into_iter().for_each(|answer| answer(Ok(())));
    };
    // A caller that has its answer may send a command for which the disk has space again.
    let without_transaction = commands.collect::<Vec<_>>();
    for answer in answers {
        answer(Err(failure.clone()));
    }
    for command in without_transaction {
        (command(Err(failure.clone())).answer)(Err(failure.clone()));
    }
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").finish_non_exhaustive()
    }
}
