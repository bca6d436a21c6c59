use highball::prelude::*;

mod users {
    use highball::prelude::*;
    use std::{num::ParseIntError, str::FromStr};

    struct UserId(u64);

    impl FromStr for UserId {
        type Err = ParseIntError;

        fn from_str(text: &str) -> Result<Self, Self::Err> {
            text.parse().map(Self)
        }
    }

    #[get("/{id}")]
    #[allow(private_interfaces)]
    pub async fn show(id: UserId) -> String {
        id.0.to_string()
    }
}

#[routes(app)]
struct Api(users::show);

fn main() {
    let _ = highball::serve(Api).state(());
}
