use highball::prelude::*;

#[get("/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17")]
async fn deep() {}

#[routes(app, "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17")]
struct Api(deep);

fn main() {
    let _ = highball::serve(Api).state(());
}
