use highball::{middleware::Csrf, prelude::*};
use highball_session::{Session, SessionData, SessionError, Sessions, sessions};
use serde::{Deserialize, Serialize};

#[derive(State)]
struct AppState {
    sessions: Sessions,
}

#[derive(Default, Serialize, Deserialize, SessionData)]
#[session(key = "cart")]
struct Cart {
    items: Vec<u64>,
}

mod show {
    use highball::prelude::*;
    use highball_session::{Session, SessionData};

    #[derive(Default, serde::Serialize, serde::Deserialize, SessionData)]
    #[session(key = "basket")]
    pub struct Basket {
        items: Vec<String>,
    }

    #[get("/basket")]
    pub async fn basket(basket: Session<'_, Basket>) -> Json<Vec<String>> {
        Json(basket.items.clone())
    }
}

#[post("/cart/{id}")]
async fn add(id: u64, mut cart: Session<'_, Cart>) -> Result<(), SessionError> {
    cart.update(|cart| cart.items.push(id)).await
}

#[routes(app, with(Csrf::new(), sessions))]
struct Api(add, show::basket);

pub fn main() {
    let _ = |state: AppState| highball::serve(Api).state(state);
}
