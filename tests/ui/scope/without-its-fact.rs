use highball::{
    extract::{Opens, Scope},
    prelude::*,
};

struct Open;

impl Scope for Open {
    type State = ();
    const ID: Fact = Fact::scope("transaction", "main");

    async fn open(_: &mut Context<'_>, _: Input<'_>) -> Result<Self, Rejection> {
        Ok(Open)
    }

    async fn close(self, _: &mut Context<'_>, response: Response) -> Response {
        response
    }
}

struct Tx;

impl<'r> Extract<'r> for Tx {
    type State = ();
    const FACTS: Facts = Facts::WRITES;
    const OPENS: Option<Opens<()>> = Some(Opens::of::<Open>());

    fn extract(_: Input<'r>) -> Result<Self, Rejection> {
        Ok(Tx)
    }
}

#[get("/")]
async fn home(_tx: Tx) {}

#[routes(app)]
struct Api(home);

fn main() {}
