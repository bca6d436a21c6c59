//~ mistake: the type of a form derives `Serialize` instead of `Deserialize`
//~ thing: SignUp
//~ way: #[derive(serde::Deserialize)] | #[derive(Deserialize)]
use highball::prelude::*;
use serde::Serialize;

#[derive(Debug, Serialize)]
struct SignUp {
    email: String,
    newsletter: Option<bool>,
}

#[post("/sign-up")]
async fn sign_up(
    cx: &Context<'_>,
    Form(form): Form<SignUp>, //~ here
) -> String {
    format!(
        "{} {form:?} {:?}",
        cx.path(),
        form.newsletter.map(|_| &form.email)
    )
}

#[routes(app)]
struct Api(sign_up);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}
