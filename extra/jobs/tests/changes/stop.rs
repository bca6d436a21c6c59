//! A stop in the middle of a claim.

use highball::Config;
use highball_jobs::backend::{Backend as _, State as Is};

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn jobs_of_a_claim_that_a_stop_cuts_are_given_back() {
    stop_in_claim(1).await;
}

/// The jobs of the first claim have arrived, and their attempts begin after the second one.
#[tokio::test(flavor = "multi_thread")]
async fn jobs_whose_attempts_have_not_begun_are_given_back() {
    stop_in_claim(2).await;
}

async fn stop_in_claim(number: usize) {
    let shop = Pool::<Shop>::memory().build();
    let (backend, _reports, calls) = Reporting::new(Sql::new(&shop));
    let jobs = Jobs::new(&shop);
    jobs.prepare().await.expect("tables");
    jobs.push(Mail).await.expect("it is stored");
    // The time of the stop ends before the jobs of the claim arrive.
    calls.delays[number - 1].store(300, Relaxed);
    let state = AppState {
        done: Done::default(),
    };
    let workers = Jobs::on(backend).workers(Api, &state);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serve = highball::serve(Api)
        .state(state.clone())
        .install(workers)
        .config(Config::default().shutdown_timeout(Duration::from_millis(1)))
        .stop(async move { drop(stopped.await) })
        .quiet();
    let serving = tokio::spawn(serve.arguments(["worker"]).into_future());
    Calls::reach(&calls.claims, number).await;
    drop(stop);
    serving.await.expect("no panic").expect("an orderly stop");
    assert_eq!(state.done.0.load(Relaxed), 0);
    let backend = Sql::new(&shop);
    let waiting = backend.list("mail".to_owned(), Is::Waiting, 9);
    let waiting = waiting.await.expect("a list");
    assert_eq!(waiting.len(), 1, "its lease has to end first");
    assert_eq!((waiting[0].attempts, waiting[0].crashes), (0, 0));
}
