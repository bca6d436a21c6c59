use highball::{
    extract::{LocalId, LocalType},
    prelude::*,
};

#[derive(Local)]
struct User(u32);

/// The orders of the signed-in user.
struct Orders(u32);

impl ExtractAsync for Orders {
    type State = ();
    const NEEDS: &'static [LocalId] = &[User::ID];

    async fn extract(_: &mut Context<'_>, input: Input<'_>) -> Result<Self, Rejection> {
        let user = input.local::<User>().ok_or_else(Rejection::internal)?;
        Ok(Orders(user.0))
    }
}

#[get("/orders")]
async fn orders(orders: Orders) -> String {
    orders.0.to_string()
}

#[routes(app)]
struct Api(orders);

fn main() {}
