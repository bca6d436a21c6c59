//! A configuration that every operation reads, and one in a thousand replaces.

use std::{
    hint::black_box,
    sync::{Arc, Mutex, RwLock},
};

use arc_swap::ArcSwap;
use highball::tokio::{
    self,
    sync::{Mutex as AsyncMutex, mpsc, oneshot, watch},
};

use crate::case::{Case, on_tasks};

/// Operations of each task: the second number is for those that switch tasks.
const MANY: u64 = 500_000;
const FEW: u64 = 20_000;

#[derive(Clone)]
struct Limits {
    requests: u64,
    _name: String,
}

fn limits(requests: u64) -> Limits {
    let _name = "the limits of an app".to_owned();
    Limits { requests, _name }
}

fn is_write(idx: u64) -> bool {
    idx % 1000 == 999
}

pub(crate) const CASES: &[Case] = &[
    on_tasks!(
        "ArcSwap: load",
        MANY,
        ArcSwap::from_pointee(limits(0)),
        |data, idx| {
            match is_write(idx) {
                true => data.store(Arc::new(limits(idx))),
                false => _ = black_box(data.load().requests),
            }
        }
    ),
    on_tasks!(
        "watch: borrow",
        MANY,
        watch::Sender::new(limits(0)),
        |data, idx| {
            match is_write(idx) {
                true => _ = data.send_replace(limits(idx)),
                false => _ = black_box(data.borrow().requests),
            }
        }
    ),
    on_tasks!("std RwLock", MANY, RwLock::new(limits(0)), |data, idx| {
        match is_write(idx) {
            true => *data.write().expect("no panic") = limits(idx),
            false => _ = black_box(data.read().expect("no panic").requests),
        }
    }),
    on_tasks!("std Mutex", MANY, Mutex::new(limits(0)), |data, idx| {
        let mut data = data.lock().expect("no panic");
        match is_write(idx) {
            true => *data = limits(idx),
            false => _ = black_box(data.requests),
        }
    }),
    on_tasks!(
        "tokio Mutex",
        MANY,
        AsyncMutex::new(limits(0)),
        |data, idx| {
            let mut data = data.lock().await;
            match is_write(idx) {
                true => *data = limits(idx),
                false => _ = black_box(data.requests),
            }
        }
    ),
    on_tasks!(
        "actor: mpsc and a oneshot for each read",
        FEW,
        actor(),
        |data, idx| {
            if is_write(idx) {
                let message = Message::Replace(limits(idx));
                data.send(message).await.expect("the actor runs");
            } else {
                let (answer, answered) = oneshot::channel();
                let message = Message::Read(answer);
                data.send(message).await.expect("the actor runs");
                black_box(answered.await.expect("the actor answers"));
            }
        }
    ),
];

enum Message {
    Read(oneshot::Sender<u64>),
    Replace(Limits),
}

fn actor() -> mpsc::Sender<Message> {
    let (sender, mut messages) = mpsc::channel(64);
    tokio::spawn(async move {
        let mut data = limits(0);
        while let Some(message) = messages.recv().await {
            match message {
                Message::Read(answer) => _ = answer.send(data.requests),
                Message::Replace(limits) => data = limits,
            }
        }
    });
    sender
}
