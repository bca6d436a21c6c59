use highball::{body::produce, prelude::*, sse::{Event, Sse}};

#[get("/ticks", slo(p99 = millis(500), errors = 0.05))]
async fn ticks() -> Sse {
    Sse::new(produce(|events| async move {
        events.send(Event::data("tick")).await;
    }))
}

#[routes(app)]
struct Api(ticks);

fn main() {
    let _ = highball::serve(Api).state(());
}
