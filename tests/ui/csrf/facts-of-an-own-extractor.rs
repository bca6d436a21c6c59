use highball::prelude::*;

struct Session;

impl ExtractAsync for Session {
    type State = ();
    const FACTS: Facts = Facts::COOKIE_LOGIN;

    async fn extract(_: &mut Context<'_>, _: Input<'_>) -> Result<Self, Rejection> {
        Ok(Session)
    }
}

#[post("/logout")]
async fn logout(_session: Session) {}

#[routes(app)]
struct Api(logout);

fn main() {}
