use highball::prelude::*;

#[routes(admin)]
struct Operators(highball::serve::readyz);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Operators).quiet().await
}
