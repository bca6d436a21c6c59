use highball::prelude::*;

struct Tag {
    name: String,
}

impl Tag {
    fn new() -> Self {
        Self {
            name: "a".to_owned(),
        }
    }
}

#[observer]
impl Tag {
    fn tag(&self, _: &Exchange<'_>) {
        println!("{}", self.name);
    }
}

#[get("/", with(Tag::new()))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
