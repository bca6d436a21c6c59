//! The `tracing` span of a request.

use std::sync::{Arc, Mutex};

use highball::{middleware::traced, prelude::*};
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};

/// The recorded spans and events, one line each.
#[derive(Clone, Default)]
struct Recorded(Arc<Mutex<Vec<String>>>);

impl Recorded {
    fn visit(&self, prefix: &str, record: impl FnOnce(&mut Fields)) {
        let mut fields = Fields(prefix.to_owned());
        record(&mut fields);
        self.0.lock().expect("no panic").push(fields.0);
    }
}

struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.0 += &format!(" {}={value:?}", field.name());
    }
}

impl Subscriber for Recorded {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.visit(span.metadata().name(), |fields| span.record(fields));
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        self.visit("", |fields| values.record(fields));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        self.visit("event", |fields| event.record(fields));
    }

    fn enter(&self, _: &Id) {
        self.visit("enter", |_| {});
    }

    fn exit(&self, _: &Id) {
        self.visit("exit", |_| {});
    }
}

#[get("/books/{id}")]
async fn book(id: u32) -> Result<String, StatusCode> {
    tracing::info!("found");
    match id {
        0 => Err(StatusCode::BAD_GATEWAY),
        id => Ok(id.to_string()),
    }
}

#[routes(app, with(traced))]
struct Api(book);

/// Returns the spans and events of a request.
fn record(path: &str) -> String {
    let recorded = Recorded::default();
    let answer = Api.test().get(path).send();
    tracing::subscriber::with_default(recorded.clone(), || {
        // The request must run on this thread, which has the subscriber.
        tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("a runtime")
            .block_on(answer)
    });
    recorded.0.lock().expect("no panic").join("\n")
}

#[test]
fn request_has_a_span() {
    let text = record("/books/7?token=abc");
    let before = text
        .find("event message=found")
        .expect("what the handler logs");
    let entered = text.find("enter").expect("a span");
    assert!(entered < before, "{text}");
    for expected in [
        "request http.request.method=\"GET\" url.path=\"/books/7\" otel.kind=\"server\"",
        " http.route=\"/books/{id}\"",
        " otel.name=GET /books/{id}",
        " http.response.status_code=200",
    ] {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
    assert!(!text.contains("error.type"), "{text}");
    assert!(!text.contains("token"), "{text}");
}

#[test]
fn failure_and_miss_are_recorded() {
    let text = record("/books/0");
    assert!(text.contains(" error.type=\"502\""), "{text}");
    let text = record("/nowhere");
    assert!(text.contains(" otel.name=\"GET\""), "{text}");
    assert!(text.contains(" http.response.status_code=404"), "{text}");
    assert!(!text.contains("http.route"), "{text}");
}
