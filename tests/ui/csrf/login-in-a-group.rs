use highball::{extract::Basic, middleware::Csrf, prelude::*};

#[put("/{id}")]
async fn rename(id: u32, _login: Basic) -> String {
    id.to_string()
}

#[routes("/users")]
struct Users(rename);

#[routes("/admin", with(Csrf::new()))]
struct Admin(Users);

#[routes(app, "/v1")]
struct Api(Admin, Users);

fn main() {}
