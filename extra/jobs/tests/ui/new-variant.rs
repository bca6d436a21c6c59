//! A new variant that running consumers cannot read.

use highball_jobs::Job;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Job)]
#[job("parcel")]
enum Parcel {
    Lost,
    Sent { order: i64 },
    Opened,
}

fn main() {}
