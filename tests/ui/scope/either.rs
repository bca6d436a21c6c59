use highball::{
    extract::{Either, Opens, Scope},
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

struct Other;

impl Scope for Other {
    type State = ();
    const ID: Fact = Fact::scope("transaction", "audit");

    async fn open(_: &mut Context<'_>, _: Input<'_>) -> Result<Self, Rejection> {
        Ok(Other)
    }

    async fn close(self, _: &mut Context<'_>, response: Response) -> Response {
        response
    }
}

struct OtherTx;

impl<'r> Extract<'r> for OtherTx {
    type State = ();
    const FACTS: Facts = Facts::named(&[Other::ID]);
    const OPENS: Option<Opens<()>> = Some(Opens::of::<Other>());

    fn extract(_: Input<'r>) -> Result<Self, Rejection> {
        Ok(OtherTx)
    }
}

#[get("/")]
async fn home(_tx: Either<Tx, OtherTx>) {}

#[routes(app)]
struct Api(home);

fn main() {}
