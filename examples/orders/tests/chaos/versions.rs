//! A deploy during which processes of two versions run.

use highball::{prelude::*, testing::Clock};
use highball_db::Transaction;
use highball_jobs::{Job, Jobs, Retry, consumer};
use orders::{AppState, database::Connection, database::Shop};
use serde::{Deserialize, Serialize};

use crate::{child::state, place::Place};

/// Notes that a version has done a job.
async fn note(tx: &mut Connection, order: i64, version: &str) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO awards (order_id, customer, points) VALUES ($1, $2, 1)")
        .bind(order)
        .bind(version)
        .execute(tx)
        .await?;
    Ok(())
}

/// The program before the deploy.
mod before {
    use super::*;

    #[derive(Serialize, Deserialize, Job)]
    #[job("parcel")]
    pub(crate) struct Parcel {
        pub(crate) order: i64,
    }

    #[consumer(timeout = secs(10), from = outside)]
    async fn send(parcel: Parcel, tx: &mut Transaction<Shop>) -> Result<(), Retry> {
        Ok(note(tx, parcel.order, "before").await?)
    }

    #[routes(app, jobs(send))]
    pub(crate) struct Api();
}

/// The program after it: the number of the order has another name, and a parcel may be urgent.
mod after {
    use super::{before::Parcel as OldParcel, *};

    #[derive(Serialize, Deserialize, Job)]
    #[job("parcel", version = 2, upgrade_from(OldParcel))]
    pub(crate) struct Parcel {
        pub(crate) number: i64,
        pub(crate) is_urgent: bool,
    }

    impl From<OldParcel> for Parcel {
        fn from(parcel: OldParcel) -> Self {
            Self {
                number: parcel.order,
                is_urgent: false,
            }
        }
    }

    #[consumer(timeout = secs(10), from = outside)]
    async fn send(parcel: Parcel, tx: &mut Transaction<Shop>) -> Result<(), Retry> {
        let version = match parcel.is_urgent {
            true => "after, urgent",
            false => "after",
        };
        Ok(note(tx, parcel.number, version).await?)
    }

    #[routes(app, jobs(send))]
    pub(crate) struct Api();
}

const WAITING: &str =
    "SELECT count(*) FROM highball_jobs WHERE state = 0 AND attempts = 0 AND crashes = 0";
const BEFORE: &str = "SELECT count(*) FROM awards WHERE customer = 'before'";
const UPGRADED: &str = "SELECT count(*) FROM awards WHERE customer = 'after'";
const URGENT: &str = "SELECT count(*) FROM awards WHERE customer = 'after, urgent'";
const ONCE: &str = "SELECT count(DISTINCT order_id) FROM awards";

async fn push(jobs: &Jobs, numbers: std::ops::Range<i64>, is_new: bool) {
    for number in numbers {
        let pushed = match is_new {
            true => {
                jobs.push(after::Parcel {
                    number,
                    is_urgent: true,
                })
                .await
            }
            false => jobs.push(before::Parcel { order: number }).await,
        };
        pushed.expect("a job");
    }
}

#[tokio::test]
async fn workers_of_two_versions_share_a_queue() {
    let Some(place) = Place::new().await else {
        return;
    };
    let state: AppState = state(place.shop.clone());
    let clock = Clock::new().handle();
    let old = state.jobs.workers(before::Api, &state).by_hand(&clock);
    let new = state.jobs.workers(after::Api, &state).by_hand(&clock);
    push(&state.jobs, 0..50, true).await;
    push(&state.jobs, 50..100, false).await;
    // Newer jobs wait, although they are first, and are no failures.
    assert_eq!(old.run_due().await.expect("jobs"), 50);
    assert_eq!(
        (place.number(BEFORE).await, place.number(WAITING).await),
        (50, 50)
    );
    push(&state.jobs, 100..150, false).await;
    assert_eq!(new.run_due().await.expect("jobs"), 100);
    assert_eq!(
        (place.number(UPGRADED).await, place.number(URGENT).await),
        (50, 50)
    );
    // Publishers and workers of both versions at once.
    push(&state.jobs, 150..200, true).await;
    push(&state.jobs, 200..250, false).await;
    let (by_old, by_new) = tokio::join!(old.run_due(), new.run_due());
    let (by_old, by_new) = (by_old.expect("jobs"), by_new.expect("jobs"));
    eprintln!(
        "of 100 jobs, half of them newer, the old version did {by_old} and the new one {by_new}"
    );
    assert_eq!(by_old + by_new, 100);
    assert!(by_old <= 50);
    assert_eq!(
        (place.number(URGENT).await, place.number(ONCE).await),
        (100, 250)
    );
    assert_eq!(
        place
            .number("SELECT count(*) FROM highball_jobs WHERE state <> 2")
            .await,
        0
    );
}
