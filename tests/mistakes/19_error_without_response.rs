//~ mistake: the error of a handler is not a response
//~ thing: LookupError
//~ way: #[derive(IntoResponse)]
use highball::prelude::*;

#[derive(Debug)]
enum LookupError {
    Unknown(String),
    Offline,
}

fn find(code: &str) -> Result<u32, LookupError> {
    match code {
        "CH" => Ok(41),
        "XX" => Err(LookupError::Offline),
        _ => Err(LookupError::Unknown(code.to_owned())),
    }
}

#[get("/dial/{code}")]
async fn dial(code: &str) -> Result<String, LookupError> {
    //~^ here
    let prefix = find(code)?;
    Ok(format!("+{prefix}"))
}

#[routes(app)]
struct Api(dial);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}
