//! A number type in place of a unit.

use highball_metrics::{Exporter, Gauge, Metrics};

#[derive(Metrics)]
struct Room {
    /// The temperature of the room.
    temperature: Gauge<(), f64>,
}

pub fn main() {
    let _: Room = Exporter::new().add();
}
