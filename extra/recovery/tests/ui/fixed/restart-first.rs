use highball_recovery::{Recovery, restart, shed_background};

pub fn main() {
    let _ = Recovery::at("recovery.json").on("checkout_slow", shed_background().then(restart()));
}
