//~ mistake: the handler takes the value of a guard as `User` instead of `Local<'_, User>`
//~ thing: User
//~ way: Local<'_, User>
use highball::prelude::*;

#[derive(Local)]
struct User {
    name: String,
}

#[guard]
async fn signed_in(token: Bearer) -> Result<User, StatusCode> {
    if token.token() == "secret" {
        return Ok(User {
            name: "zoe".to_owned(),
        });
    }
    Err(StatusCode::FORBIDDEN)
}

#[get("/me", with(signed_in))]
async fn me(user: User) -> String {
    //~^ here
    user.name
}

#[routes(app)]
struct Api(me);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}
