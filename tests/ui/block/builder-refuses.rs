use highball::prelude::*;

struct Sampled {
    every: u32,
}

impl Sampled {
    const fn every(every: u32) -> Self {
        assert!(every > 0, "`Sampled::every` takes at least 1");
        Self { every }
    }
}

#[observer]
impl Sampled {
    fn sample(&self, exchange: &Exchange<'_>) {
        println!("{} {}", self.every, exchange.path());
    }
}

#[get("/", with(Sampled::every(0)))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
