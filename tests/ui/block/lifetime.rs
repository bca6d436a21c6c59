use highball::prelude::*;

struct Tag<'a>(&'a str);

#[guard]
impl<'a> Tag<'a> {
    fn tag(&self) -> Result<(), StatusCode> {
        Ok(())
    }
}

#[get("/")]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {}
