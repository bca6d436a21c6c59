//! A message from one task to another, and its answer.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use highball::tokio::{
    self,
    runtime::Runtime,
    sync::{Notify, broadcast, mpsc, oneshot, watch},
};

use crate::case::{Case, one_thread, per_operation, two_threads};

const ROUND_TRIPS: u64 = 10_000;

/// Expands to the cases on one kind of runtime.
macro_rules! cases {
    ($runtime:ident) => {
        &[
            Case {
                name: "mpsc, and a oneshot for the answer",
                run: || run($runtime(), replies()),
            },
            Case {
                name: "mpsc in both directions",
                run: || run($runtime(), bounded()),
            },
            Case {
                name: "unbounded mpsc in both directions",
                run: || run($runtime(), unbounded()),
            },
            Case {
                name: "watch in both directions",
                run: || run($runtime(), watches()),
            },
            Case {
                name: "broadcast in both directions",
                run: || run($runtime(), broadcasts()),
            },
            Case {
                name: "Notify and an atomic number",
                run: || run($runtime(), notifies()),
            },
        ]
    };
}

pub(crate) const TWO_THREADS: &[Case] = cases!(two_threads);
pub(crate) const ONE_THREAD: &[Case] = cases!(one_thread);

fn run(runtime: Runtime, work: impl Future<Output = ()> + Send + 'static) -> f64 {
    runtime.block_on(async {
        let begin = Instant::now();
        // The thread that waits here is none of the runtime's.
        tokio::spawn(work).await.expect("it does not panic");
        per_operation(begin.elapsed(), ROUND_TRIPS)
    })
}

async fn replies() {
    let (sender, mut messages) = mpsc::channel::<(u64, oneshot::Sender<u64>)>(1);
    tokio::spawn(async move {
        while let Some((number, answer)) = messages.recv().await {
            let _ = answer.send(number);
        }
    });
    for number in 0..ROUND_TRIPS {
        let (answer, answered) = oneshot::channel();
        sender.send((number, answer)).await.expect("it runs");
        assert_eq!(answered.await, Ok(number));
    }
}

async fn bounded() {
    let (sender, mut messages) = mpsc::channel(1);
    let (answer, mut answers) = mpsc::channel(1);
    tokio::spawn(async move {
        while let Some(number) = messages.recv().await {
            let _ = answer.send(number).await;
        }
    });
    for number in 0..ROUND_TRIPS {
        sender.send(number).await.expect("it runs");
        assert_eq!(answers.recv().await, Some(number));
    }
}

async fn unbounded() {
    let (sender, mut messages) = mpsc::unbounded_channel();
    let (answer, mut answers) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Some(number) = messages.recv().await {
            let _ = answer.send(number);
        }
    });
    for number in 0..ROUND_TRIPS {
        sender.send(number).expect("it runs");
        assert_eq!(answers.recv().await, Some(number));
    }
}

async fn watches() {
    let (sender, mut messages) = watch::channel(0);
    let (answer, mut answers) = watch::channel(0);
    tokio::spawn(async move {
        while messages.changed().await.is_ok() {
            let number = *messages.borrow_and_update();
            answer.send_replace(number);
        }
    });
    for number in 1..=ROUND_TRIPS {
        sender.send_replace(number);
        answers.changed().await.expect("it runs");
        assert_eq!(*answers.borrow_and_update(), number);
    }
}

async fn broadcasts() {
    let (sender, mut messages) = broadcast::channel(1);
    let (answer, mut answers) = broadcast::channel(1);
    tokio::spawn(async move {
        while let Ok(number) = messages.recv().await {
            let _ = answer.send(number);
        }
    });
    for number in 0..ROUND_TRIPS {
        sender.send(number).expect("it runs");
        assert_eq!(answers.recv().await, Ok(number));
    }
}

async fn notifies() {
    let shared = Arc::new((AtomicU64::new(0), Notify::new(), Notify::new()));
    let (number, message, answer) = &*shared;
    let other = Arc::clone(&shared);
    let task = tokio::spawn(async move {
        let (number, message, answer) = &*other;
        loop {
            message.notified().await;
            number.fetch_add(1, Ordering::Relaxed);
            answer.notify_one();
        }
    });
    for count in 1..=ROUND_TRIPS {
        message.notify_one();
        answer.notified().await;
        assert_eq!(number.load(Ordering::Relaxed), count);
    }
    task.abort();
}
