use curation::Package as Curated;
use highball::prelude::*;

mod packages {
    #[derive(serde::Deserialize, schemars::JsonSchema)]
    pub struct Package {
        pub name: String,
    }
}

mod curation {
    #[derive(serde::Serialize, schemars::JsonSchema)]
    #[schemars(rename = "Curated")]
    pub struct Package {
        pub score: u8,
    }
}

#[post("/packages")]
async fn add(package: Json<packages::Package>) -> Json<Vec<Curated>> {
    let _ = package.0.name;
    Json(vec![])
}

#[routes(app)]
struct Api(add);

pub fn main() {}
