use highball::prelude::*;
use highball_cache::responses::{ResponseCache, cached};

#[derive(State)]
struct AppState {
    responses: ResponseCache,
}

#[derive(Clone, Debug, Local)]
struct User {
    id: u64,
}

#[guard]
fn signed_in(token: Bearer) -> Result<User, StatusCode> {
    let id = token
        .token()
        .parse()
        .map_err(|_| StatusCode::UNAUTHORIZED)?;
    Ok(User { id })
}

#[get("/me", cached(ttl = mins(1), by::<User>(|user| &user.id)))]
async fn me(user: Local<'_, User>) -> String {
    user.id.to_string()
}

#[routes(app, with(signed_in))]
struct Api(me);

pub fn main() {
    let _ = |state: AppState| highball::serve(Api).state(state);
}
