//! Counters that every operation increments.

use std::{
    collections::HashMap,
    sync::{Mutex, RwLock},
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

type Counts = HashMap<u64, u64>;

fn counts() -> Counts {
    (0..16).map(|key| (key, 0)).collect()
}

fn count(counts: &mut Counts, idx: u64) {
    *counts.entry(idx % 16).or_default() += 1;
}

pub(crate) const CASES: &[Case] = &[
    on_tasks!("std Mutex", MANY, Mutex::new(counts()), |data, idx| {
        count(&mut data.lock().expect("no panic"), idx);
    }),
    on_tasks!("std RwLock", MANY, RwLock::new(counts()), |data, idx| {
        count(&mut data.write().expect("no panic"), idx);
    }),
    on_tasks!(
        "watch: send_modify",
        MANY,
        watch::Sender::new(counts()),
        |data, idx| {
            data.send_modify(|counts| count(counts, idx));
        }
    ),
    on_tasks!(
        "tokio Mutex",
        MANY,
        AsyncMutex::new(counts()),
        |data, idx| {
            count(&mut *data.lock().await, idx);
        }
    ),
    on_tasks!(
        "actor: mpsc, without an answer",
        FEW,
        actor(),
        |data, idx| {
            data.send((idx, None)).await.expect("the actor runs");
        }
    ),
    on_tasks!("actor: mpsc and a oneshot", FEW, actor(), |data, idx| {
        let (answer, answered) = oneshot::channel();
        let message = (idx, Some(answer));
        data.send(message).await.expect("the actor runs");
        answered.await.expect("the actor answers");
    }),
    on_tasks!(
        "ArcSwap: rcu, a copy for each write",
        FEW,
        ArcSwap::from_pointee(counts()),
        |data, idx| {
            data.rcu(|counts| {
                let mut counts = Counts::clone(counts);
                count(&mut counts, idx);
                counts
            });
        }
    ),
];

type Message = (u64, Option<oneshot::Sender<()>>);

fn actor() -> mpsc::Sender<Message> {
    let (sender, mut messages) = mpsc::channel::<Message>(64);
    tokio::spawn(async move {
        let mut data = counts();
        while let Some((idx, answer)) = messages.recv().await {
            count(&mut data, idx);
            if let Some(answer) = answer {
                let _ = answer.send(());
            }
        }
    });
    sender
}
