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
    const FACTS: Facts = Facts::named(&[Open::ID]);
    const OPENS: Option<Opens<()>> = Some(Opens::of::<Open>());

    fn extract(_: Input<'r>) -> Result<Self, Rejection> {
        Ok(Tx)
    }
}

#[guard]
fn signed_in(_tx: Tx) -> Result<(), StatusCode> {
    Ok(())
}

#[get("/", with(signed_in))]
async fn home(_tx: Tx) {}

#[routes(app)]
struct Api(home);

fn main() {}
