use highball_recovery::{Recovery, restart};

fn main() {
    let _ = Recovery::at("recovery.json").on("checkout_slow", restart());
}
