use highball::prelude::*;

#[derive(Local)]
struct User;

mod guards {
    use highball::prelude::*;

    #[guard]
    pub fn login() -> Result<super::User, StatusCode> {
        Ok(super::User)
    }
}

#[guard]
fn admin(user: Local<'_, User>) -> Result<(), StatusCode> {
    let _ = &*user;
    Ok(())
}

#[get("/")]
async fn home() {}

#[routes(app)]
struct Api(#[with(admin, guards::login)] home);

fn main() {}
