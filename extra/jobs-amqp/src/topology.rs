//! The queues and exchanges, and their declaration.

use highball_jobs::backend::{BackendError, Fault};
use lapin::{
    Channel, Connection, ExchangeKind,
    options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions},
    types::{AMQPValue, FieldTable},
};

use crate::{delay::STEPS, error, names::Names};

/// RabbitMQ 4 drops a message after 20 deliveries, unless a queue has another limit. The worker counts them itself.
const DELIVERY_LIMIT: i32 = 1_000_000;

/// Declares what all jobs have in common: the delay queues, and the exchange that wakes the workers.
pub(crate) async fn declare_common(conn: &Connection, names: &Names) -> Result<(), BackendError> {
    let channel = conn.create_channel().await.map_err(error::lapin)?;
    declare_exchange(&channel, &names.wake(), ExchangeKind::Fanout).await?;
    for seconds in STEPS {
        let name = names.delay(seconds);
        // Each message has the queue to which it returns as its routing key, which a fanout exchange ignores.
        declare_exchange(&channel, &name, ExchangeKind::Fanout).await?;
        declare_queue(&channel, &name, delay_arguments(seconds)).await?;
        channel
            .queue_bind(
                name.as_str().into(),
                name.as_str().into(),
                "".into(),
                QueueBindOptions::default(),
                FieldTable::default(),
            )
            .await
            .map_err(error::lapin)?;
    }
    channel.close(200, "".into()).await.map_err(error::lapin)
}

/// Declares the queues of a job.
pub(crate) async fn declare_job(
    conn: &Connection,
    names: &Names,
    job: &str,
) -> Result<(), BackendError> {
    let channel = conn.create_channel().await.map_err(error::lapin)?;
    for queue in [names.main(job), names.suspect(job), names.parked(job)] {
        declare_queue(&channel, &queue, quorum()).await?;
    }
    channel.close(200, "".into()).await.map_err(error::lapin)
}

async fn declare_queue(
    channel: &Channel,
    name: &str,
    arguments: FieldTable,
) -> Result<(), BackendError> {
    let declared = channel
        .queue_declare(name.into(), QueueDeclareOptions::durable(), arguments)
        .await;
    match declared {
        Ok(_) => Ok(()),
        Err(error) if error::is_other_queue(&error) => Err(other_arguments("queue", name, &error)),
        Err(error) => Err(error::lapin(error)),
    }
}

async fn declare_exchange(
    channel: &Channel,
    name: &str,
    kind: ExchangeKind,
) -> Result<(), BackendError> {
    let options = ExchangeDeclareOptions {
        durable: true,
        ..ExchangeDeclareOptions::default()
    };
    let declared = channel
        .exchange_declare(name.into(), kind, options, FieldTable::default())
        .await;
    match declared {
        Ok(()) => Ok(()),
        Err(error) if error::is_other_queue(&error) => {
            Err(other_arguments("exchange", name, &error))
        }
        Err(error) => Err(error::lapin(error)),
    }
}

fn other_arguments(what: &str, name: &str, error: &lapin::Error) -> BackendError {
    error::of(
        Fault::Other,
        format!(
            "the {what} `{name}` exists with other arguments: delete it when it is empty, or use another prefix ({error})"
        ),
    )
}

/// Returns the arguments of a queue that is replicated and written to the disk.
fn quorum() -> FieldTable {
    let mut arguments = FieldTable::default();
    arguments.insert("x-queue-type".into(), text("quorum"));
    arguments.insert(
        "x-delivery-limit".into(),
        AMQPValue::LongInt(DELIVERY_LIMIT),
    );
    arguments
}

/// Returns the arguments of a queue whose messages return to the queue of their job after a time.
fn delay_arguments(seconds: u32) -> FieldTable {
    let mut arguments = quorum();
    let time = AMQPValue::LongLongInt(i64::from(seconds) * 1000);
    arguments.insert("x-message-ttl".into(), time);
    arguments.insert("x-dead-letter-exchange".into(), text(""));
    // The default strategy loses messages if the broker ends, or if their queue does not exist.
    arguments.insert("x-dead-letter-strategy".into(), text("at-least-once"));
    arguments.insert("x-overflow".into(), text("reject-publish"));
    arguments
}

fn text(text: &str) -> AMQPValue {
    AMQPValue::LongString(text.into())
}
