//! Mistakes that are found at the start, or by the publisher.

use std::time::Duration;

use highball_jobs::backend::{Backend as _, Fault, JobId, NewJob, Requirements, State};
use lapin::{options::QueueDeclareOptions, types::FieldTable};

use crate::places::{JOB, Place, ask, claim, job, now, push, requirements};

#[tokio::test(flavor = "multi_thread")]
async fn promises_that_a_broker_cannot_keep_are_refused() {
    let Some(place) = Place::new().await else {
        return;
    };
    let amqp = place.amqp();
    let (minute, hour) = (Duration::from_secs(60), Duration::from_secs(3600));
    let keyed = |key: &str| Some(key.to_owned());
    let order = NewJob {
        order_key: keyed("a"),
        ..job("1")
    };
    let limited = NewJob {
        limit_key: keyed("a"),
        ..job("1")
    };
    let unique = NewJob {
        unique_key: keyed("a"),
        ..job("1")
    };
    let rate = Requirements {
        rate: Some(5),
        ..requirements()
    };
    let schedule = Requirements {
        is_scheduled: true,
        ..requirements()
    };
    let endless = Requirements {
        timeout: None,
        ..requirements()
    };
    let long = Requirements {
        timeout: Some(hour),
        ..requirements()
    };
    let receipt = highball_jobs::backend::Receipt {
        job: JobId::new("7"),
        fence: 1,
    };
    let errors = [
        (
            push(&amqp, order).await.unwrap_err(),
            "the job `work` has `ordered_by`, which RabbitMQ cannot keep",
        ),
        (
            push(&amqp, limited).await.unwrap_err(),
            "the job `work` has `limited_by`, which RabbitMQ cannot keep",
        ),
        (
            push(&amqp, unique).await.unwrap_err(),
            "the job `work` has `unique`, which",
        ),
        (
            amqp.check_consumer(&rate).unwrap_err(),
            "the consumer of `work` has a `rate` for all",
        ),
        (
            amqp.check_consumer(&schedule).unwrap_err(),
            "the job `work` has a schedule, which",
        ),
        (
            amqp.check_consumer(&endless).unwrap_err(),
            "has no `timeout`",
        ),
        (
            amqp.check_consumer(&long).unwrap_err(),
            "raise `consumer_timeout`",
        ),
        (
            amqp.keep_step(receipt, "a".into(), "1".into())
                .await
                .unwrap_err(),
            "the job 7 has steps",
        ),
        (
            amqp.last_tick("night".into(), now()).await.unwrap_err(),
            "`night` has a schedule",
        ),
        (
            amqp.list(JOB.into(), State::Waiting, 9).await.unwrap_err(),
            "cannot be listed",
        ),
        (
            push(
                &amqp,
                NewJob {
                    name: "a.b".into(),
                    ..job("1")
                },
            )
            .await
            .unwrap_err(),
            "the job `a.b` cannot",
        ),
    ];
    for (error, text) in errors {
        assert!(error.to_string().contains(text), "{error}");
        assert_eq!(error.fault(), Fault::Unsupported, "{error}");
    }
    amqp.check_consumer(&requirements()).unwrap();
    let patient = place
        .settings()
        .acknowledge_within(2 * hour)
        .build()
        .unwrap();
    let long = Requirements {
        timeout: Some(hour + minute),
        ..requirements()
    };
    patient.check_consumer(&long).unwrap();
    assert!(claim(&amqp, ask(9)).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_with_other_arguments_is_reported() {
    let Some(place) = Place::new().await else {
        return;
    };
    let channel = place.channel().await;
    let queue = place.queue();
    let options = QueueDeclareOptions::durable();
    channel
        .queue_declare(queue.as_str().into(), options, FieldTable::default())
        .await
        .unwrap();
    let error = place.amqp().declare(JOB).await.unwrap_err().to_string();
    let fix =
        format!("the queue `{queue}` exists with other arguments: delete it when it is empty");
    assert!(error.contains(&fix), "{error}");
    channel
        .queue_delete(
            queue.as_str().into(),
            lapin::options::QueueDeleteOptions::default(),
        )
        .await
        .unwrap();
    place.amqp().declare(JOB).await.unwrap();
}
