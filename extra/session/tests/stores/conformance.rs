//! The stores pass the tests of stores.

use highball_session::store::conformance::check;

use crate::backends::{Folder, Keys, Schema};

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_passes_the_tests_of_stores() {
    let folder = Folder::new();
    check(folder.store()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_passes_the_tests_of_stores() {
    let Some(mut schema) = Schema::new().await else {
        return;
    };
    // Tens of thousands of commits, none of which has to survive a crash.
    let options = schema.options.clone();
    schema.options = options.options([("synchronous_commit", "off")]);
    check(schema.store()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_passes_the_tests_of_stores() {
    let Some(keys) = Keys::new() else {
        return;
    };
    check(keys.store()).await;
}
