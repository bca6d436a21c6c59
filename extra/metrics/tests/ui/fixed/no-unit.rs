use highball_metrics::{Exporter, Gauge, Metrics, Unit};

struct Celsius;

impl Unit for Celsius {
    const NAME: &'static str = "celsius";
}

#[derive(Metrics)]
struct Room {
    /// The temperature of the room.
    temperature: Gauge<(), Celsius>,
}

pub fn main() {
    let room: Room = Exporter::new().add();
    room.temperature.set(-1.5);
}
