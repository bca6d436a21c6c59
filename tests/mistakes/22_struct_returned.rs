//~ mistake: a handler returns a struct without `Json(..)`
//~ thing: Weather
//~ way: Json<Weather> | Json(
use highball::prelude::*;
use serde::Serialize;

#[derive(Serialize)]
struct Weather {
    degrees: i8,
    sky: &'static str,
}

#[get("/weather/{city}")]
async fn weather(city: String) -> Weather {
    //~^ here
    println!("{city}");
    Weather {
        degrees: 21,
        sky: "clear",
    }
}

#[routes(app)]
struct Api(weather);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}
