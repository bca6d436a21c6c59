use highball::{body::produce, prelude::*, sse::Sse};

#[get("/clock")]
async fn clock() -> Sse {
    Sse::new(produce(|events| async move {
        events.send(format!("tick")).await;
    }))
}

#[routes(app)]
struct Api(clock);

fn main() {
    let _ = highball::serve(Api).state(());
}
