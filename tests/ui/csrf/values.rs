use highball::prelude::*;

#[post("/a", csrf = off)]
async fn a() {}

#[post("/b", csrf = off(""))]
async fn b() {}

#[post("/c", csrf(off))]
async fn c() {}

#[routes("/d", csrf = lax)]
struct D(a, b, c);

#[guard(csrf = strict)]
fn e() -> Result<(), StatusCode> {
    Ok(())
}

#[guard(facts)]
fn f() -> Result<(), StatusCode> {
    Ok(())
}

#[guard(facts = 5)]
fn g() -> Result<(), StatusCode> {
    Ok(())
}

fn main() {}
