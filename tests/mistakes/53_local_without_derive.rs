//~ mistake: the value of a guard does not derive `Local`
//~ thing: Session
//~ way: #[derive(Local)]
use highball::prelude::*;

struct Session {
    //~^ here
    user: String,
}

#[guard]
async fn session(cx: &Context<'_>) -> Result<Session, StatusCode> {
    //~^ here
    match cx.header("x-session") {
        Some(user) => Ok(Session {
            user: user.to_owned(),
        }),
        None => Err(StatusCode::UNAUTHORIZED),
    }
}

#[get("/whoami", with(session))]
async fn whoami(session: Local<'_, Session>) -> String {
    session.user.clone()
}

#[routes(app)]
struct Api(whoami);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}
