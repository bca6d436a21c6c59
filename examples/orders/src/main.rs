//! Orders that publish work with their transaction. Run it with `cargo run -p orders`, and open `http://localhost:8080`.
//!
//! README.md has the settings and the commands.

use orders::{Api, AppState, Mailer, Settings, Sink, database};

#[highball::main]
async fn main() -> highball::Result {
    let settings = Settings::from_env()?;
    let shop = database::from_env()?;
    let server = match settings.mail_server {
        Some(server) => server,
        None => Sink::start().await?.address(),
    };
    let mut state = AppState::new(shop.clone(), Mailer::new(server));
    if let Some(broker) = &settings.broker {
        state = state.through(broker.clone());
    }
    let workers = settings.apply(state.jobs.workers(Api, &state));
    highball::serve(Api)
        .state(state)
        .arguments(std::env::args().skip(1))
        .install(shop)
        .install(workers)
        .await
}
