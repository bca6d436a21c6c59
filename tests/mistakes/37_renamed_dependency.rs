//~ mistake: the dependency has another name in `Cargo.toml`
//~ thing: highball
//~ way: crate = ::web | crate = web | crate = path | crate = ..
//~ or: compiles
//~ package: renamed
use web::prelude::*;

#[get("/")] //~ here
async fn index() -> &'static str {
    "index"
}

fn main() -> std::io::Result<()> {
    println!("{}", web::block_on(index()));
    Ok(())
}
