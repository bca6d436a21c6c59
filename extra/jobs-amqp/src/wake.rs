//! Messages that wake workers when a job may be available.

use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
};

use futures_util::StreamExt as _;
use highball_jobs::backend::BackendError;
use lapin::{
    options::{BasicConsumeOptions, QueueBindOptions, QueueDeclareOptions},
    types::FieldTable,
};
use tokio::sync::Notify;

use crate::{amqp::Shared, error, link::Link};

/// The names of jobs that may be available.
#[derive(Default)]
pub(crate) struct Wake {
    names: Arc<Names>,
    /// The connection that receives messages.
    link: tokio::sync::Mutex<Weak<Link>>,
}

#[derive(Default)]
struct Names {
    names: Mutex<HashSet<String>>,
    /// Whether no messages arrive any longer.
    is_lost: AtomicBool,
    /// The number of connections that have received messages, one after another.
    consumers: AtomicU64,
    added: Notify,
}

impl Names {
    fn add(&self, name: String) {
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        names.insert(name);
        self.added.notify_one();
    }

    fn take(&self) -> Vec<String> {
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        names.drain().collect()
    }
}

impl Shared {
    /// Waits for a job that another process has published. After a lost connection, it may be any.
    pub(crate) async fn wait(&self) -> Result<Vec<String>, BackendError> {
        loop {
            let was_lost = self.wake.names.is_lost.load(Relaxed);
            self.follow().await?;
            let names = self.wake.names.take();
            if was_lost || !names.is_empty() {
                return Ok(if was_lost { Vec::new() } else { names });
            }
            self.wake.names.added.notified().await;
        }
    }

    /// Receives the messages, if this connection does not do so.
    async fn follow(&self) -> Result<(), BackendError> {
        let mut followed = self.wake.link.lock().await;
        if self.wake.names.is_lost.load(Relaxed) {
            *followed = Weak::new();
        }
        let link = self.link().await?;
        if followed.ptr_eq(&Arc::downgrade(&link)) {
            return Ok(());
        }
        let channel = link.conn.create_channel().await.map_err(error::lapin)?;
        // The queue of this connection, which is deleted with it.
        let options = QueueDeclareOptions {
            exclusive: true,
            auto_delete: true,
            ..QueueDeclareOptions::default()
        };
        let none = FieldTable::default;
        let queue = channel.queue_declare("".into(), options, none()).await;
        let queue = queue.map_err(error::lapin)?.name().clone();
        let exchange = self.names.wake().as_str().into();
        let binding = QueueBindOptions::default();
        channel
            .queue_bind(queue.clone(), exchange, "".into(), binding, none())
            .await
            .map_err(error::lapin)?;
        let options = BasicConsumeOptions {
            no_ack: true,
            ..BasicConsumeOptions::default()
        };
        let consumer = channel
            .basic_consume(queue, "".into(), options, none())
            .await;
        let mut consumer = consumer.map_err(error::lapin)?;
        let names = Arc::clone(&self.wake.names);
        let number = names.consumers.fetch_add(1, Relaxed) + 1;
        tokio::spawn(async move {
            // The channel is closed when it is dropped.
            let _channel = channel;
            while let Some(Ok(delivery)) = consumer.next().await {
                if let Ok(name) = String::from_utf8(delivery.data) {
                    names.add(name);
                }
            }
            if names.consumers.load(Relaxed) == number {
                names.is_lost.store(true, Relaxed);
                names.added.notify_one();
            }
        });
        self.wake.names.is_lost.store(false, Relaxed);
        *followed = Arc::downgrade(&link);
        Ok(())
    }
}
