//! The client of this package is what the generator writes. The test is alone in its file, so that it can write the
//! client although the other tests do not compile with the old one.

#[path = "client/app.rs"]
mod app;

use std::path::Path;

use app::Api;
use highball_openapi::client;

/// With `CLIENTS=overwrite` the test writes the file.
#[test]
fn the_client_is_what_the_generator_writes() {
    let source = || {
        client::rust::<Api>()
            .types("client_types", "client_types")
            .source()
    };
    let source = (source().expect("a client"), source().expect("a client"));
    assert_eq!(source.0, source.1);
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/shop.rs");
    if std::env::var_os("CLIENTS").is_some_and(|value| value == "overwrite") {
        std::fs::write(&file, &source.0).expect("the file is written");
    }
    let known = std::fs::read_to_string(&file).expect("the file is read");
    assert!(
        source.0 == known,
        "set `CLIENTS=overwrite` to write {}",
        file.display()
    );
}
