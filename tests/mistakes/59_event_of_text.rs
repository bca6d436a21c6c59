//~ mistake: server-sent events are text instead of `Event`
//~ thing: Event
//~ way: Event::data(
use highball::{body::produce, prelude::*, sse::Sse};

#[get("/clock")]
async fn clock() -> Sse {
    Sse::new(produce(|events| async move {
        //~^ here
        for tick in 0..3 {
            events.send(format!("tick {tick}")).await; //~ here
        }
    }))
}

#[routes(app)]
struct Api(clock);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}
