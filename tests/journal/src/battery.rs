//! The journal, and its place in the life of a server.

use std::{
    mem,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
};

use highball::{
    Error,
    battery::{Battery, Gauge, Hooks},
    prelude::*,
    tokio::{
        self,
        sync::{Notify, Semaphore},
    },
};

/// The number of drafts that can be open.
const DRAFTS: usize = 8;

/// A journal. Requests append lines, and a task writes them to the store.
#[derive(Debug, Clone)]
pub struct Journal(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    drafts: Arc<Semaphore>,
    is_open: AtomicBool,
    news: Notify,
    /// The lines that wait for the task.
    waiting: Mutex<Vec<String>>,
    /// In place of a database.
    written: Mutex<Vec<String>>,
}

impl Default for Journal {
    fn default() -> Self {
        Self::new()
    }
}

impl Journal {
    /// Returns an empty journal.
    pub fn new() -> Self {
        Self(Arc::new(Shared {
            drafts: Arc::new(Semaphore::new(DRAFTS)),
            is_open: AtomicBool::new(false),
            news: Notify::new(),
            waiting: Mutex::default(),
            written: Mutex::default(),
        }))
    }

    /// Returns the lines that are in the store.
    pub fn written(&self) -> Vec<String> {
        lock(&self.0.written).clone()
    }

    /// Returns whether the store is open.
    pub fn is_open(&self) -> bool {
        self.0.is_open.load(SeqCst)
    }

    /// Appends lines, for the task to write.
    pub(crate) fn append(&self, lines: impl IntoIterator<Item = String>) {
        lock(&self.0.waiting).extend(lines);
        self.0.news.notify_one();
    }

    pub(crate) fn drafts(&self) -> &Arc<Semaphore> {
        &self.0.drafts
    }

    fn set_open(&self, is_open: bool) {
        self.0.is_open.store(is_open, SeqCst);
    }

    /// Writes the lines that wait to the store.
    fn write(&self) {
        let lines = mem::take(&mut *lock(&self.0.waiting));
        lock(&self.0.written).extend(lines);
    }
}

fn lock(lines: &Mutex<Vec<String>>) -> MutexGuard<'_, Vec<String>> {
    lines.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Battery for Journal {
    fn name(&self) -> String {
        "journal".to_owned()
    }

    fn install(self, hooks: &mut Hooks<'_>) {
        let journal = self.clone();
        hooks.on_start(secs(10), async move {
            journal.set_open(true);
            Ok(())
        });
        let journal = self.clone();
        hooks.check("store", secs(1), move || {
            let is_open = journal.is_open();
            async move {
                is_open
                    .then_some(())
                    .ok_or_else(|| Error::new("it is closed"))
            }
        });
        let journal = self.clone();
        hooks.background("writer", move |mut stopping, _clock| {
            let journal = journal.clone();
            async move {
                loop {
                    tokio::select! {
                        biased;
                        () = &mut stopping => return Ok(()),
                        () = journal.0.news.notified() => journal.write(),
                    }
                }
            }
        });
        let journal = self.clone();
        hooks.on_stop_begin(secs(1), async move {
            journal.append(["stop".to_owned()]);
            Ok(())
        });
        let journal = self.clone();
        hooks.on_close(secs(5), async move {
            // The lines of the last requests are written here.
            journal.write();
            journal.set_open(false);
            Ok(())
        });
        self.show(hooks);
        hooks.command(
            "journal",
            "Prints the journal.",
            move |_arguments| async move {
                println!("{}", self.written().join("\n"));
                Ok(())
            },
        );
    }
}

impl Journal {
    /// Adds what batteries for metrics and consoles show.
    fn show(&self, hooks: &mut Hooks<'_>) {
        let journal = self.clone();
        let read = move || journal.written().len() as f64;
        hooks.gauge(Gauge::new(
            "journal_written",
            "lines",
            "The lines in the store.",
            read,
        ));
        let journal = self.clone();
        hooks.row("last line", move || {
            journal.written().pop().unwrap_or_default()
        });
        let journal = self.clone();
        hooks.page("Journal", move || {
            format!("<p>{} lines</p>", journal.written().len())
        });
    }
}
