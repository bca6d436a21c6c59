use highball::prelude::*;

mod packages {
    #[derive(serde::Deserialize, schemars::JsonSchema)]
    pub struct Package {
        pub name: String,
    }
}

mod curation {
    #[derive(serde::Serialize, schemars::JsonSchema)]
    pub struct Package {
        pub score: u8,
    }
}

#[post("/packages")]
async fn add(package: Json<packages::Package>) -> Json<Vec<curation::Package>> {
    let _ = package.0.name;
    Json(vec![])
}

#[routes(app)]
struct Api(add);

fn main() {}
