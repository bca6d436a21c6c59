//~ mistake: the type of a JSON response does not derive `Serialize`
//~ thing: Track
//~ way: #[derive(serde::Serialize)] | #[derive(Serialize)]
use highball::prelude::*;

struct Track {
    title: &'static str,
    seconds: u32,
}

#[get("/tracks")]
async fn tracks(cx: &Context<'_>) -> Json<Vec<Track>> {
    //~^ here
    println!("{}", cx.path());
    Json(vec![Track {
        title: "Nuages",
        seconds: 195,
    }])
}

#[routes(app)]
struct Api(tracks);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}
