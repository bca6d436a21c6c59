//~ mistake: the status is after the body in a tuple
//~ thing: , StatusCode)
//~ way: (StatusCode, Json<Value>) | status comes first | status first | begins with the status | (status, body)
use highball::prelude::*;

#[post("/jobs")]
async fn enqueue(job: Json<Value>) -> (Json<Value>, StatusCode) {
    //~^ here
    (job, StatusCode::ACCEPTED)
}

#[routes(app)]
struct Api(enqueue);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}
