use quote::quote;

use super::*;

#[track_caller]
fn check(args: TokenStream, item: TokenStream, expected: &str) {
    let code = expand_all(args, item).to_string();
    assert!(code.contains(expected), "{code}");
}

#[test]
fn the_key_owns_its_arguments() {
    let item = || {
        quote!(
            async fn price(
                product: u64,
                currency: &str,
                #[skip] db: &Pool,
            ) -> Result<u32, DbError> {
            }
        )
    };
    let cases = [
        "struct price { product : u64 , currency : :: std :: string :: String }",
        "fn invalidate (product : u64 , currency : & str)",
        "__load (product , & currency , & db)",
        "-> :: core :: result :: Result < u32 , :: highball_cache :: LoadError >",
        "Cache < price , u32 >",
    ];
    for expected in cases {
        check(quote!(ttl = secs(5)), item(), expected);
    }
}

#[test]
fn mistakes_in_options_are_reported() {
    let cases = [
        (quote!(), "`cache` needs the time"),
        (quote!(tll = secs(5)), "`cache` has no option `tll`"),
        (
            quote!(ttl = secs(5), stael = secs(5)),
            "did you mean `stale`?",
        ),
        (
            quote!(ttl = 5),
            "a time needs a unit: write `ttl = secs(60)`",
        ),
        (quote!(ttl), "write `ttl = secs(60)`"),
        (quote!(ttl = secs(5), ttl = secs(6)), "`ttl` occurs twice"),
        (
            quote!(ttl = secs(5), tags = all),
            "write `tags(product(id))`",
        ),
        (
            quote!(ttl = secs(5), soft = millis(80)),
            "add `on_error = hours(2)`",
        ),
    ];
    for (args, expected) in cases {
        check(
            args,
            quote!(
                async fn rates() -> Result<u32, E> {}
            ),
            expected,
        );
    }
}

#[test]
fn mistakes_in_functions_are_reported() {
    let cases = [
        (
            quote!(
                fn rates() -> Result<u32, E> {}
            ),
            "write `async fn rates`",
        ),
        (
            quote!(
                async fn rates(list: &mut Vec<u8>) -> Result<u32, E> {}
            ),
            "write `list: &Vec<u8>`",
        ),
        (
            quote!(
                async fn rates(cx: &Context<'_>) -> Result<u32, E> {}
            ),
            "cannot take the request",
        ),
        (
            quote!(
                async fn rates<T: Hash>(key: T) -> Result<u32, E> {}
            ),
            "remove those of `rates`",
        ),
        (
            quote!(
                async fn rates(key: impl Hash) -> Result<u32, E> {}
            ),
            "no generic arguments",
        ),
        (
            quote!(
                async fn rates(key: Option<&str>) -> Result<u32, E> {}
            ),
            "`key` is kept longer than the call",
        ),
        (
            quote!(
                async fn rates((a, b): (u8, u8)) -> Result<u32, E> {}
            ),
            "name this argument",
        ),
        (
            quote!(
                async fn rates(&self) -> Result<u32, E> {}
            ),
            "a cached function has no `self`",
        ),
        (
            quote!(
                async fn rates() -> u32 {}
            ),
            "returns a `Result`",
        ),
        (
            quote!(
                async fn rates() {}
            ),
            "returns a `Result`",
        ),
        (
            quote!(
                #[get("/")]
                async fn rates() -> Result<u32, E> {}
            ),
            "a route cannot have `#[cache]`",
        ),
    ];
    for (item, expected) in cases {
        check(quote!(ttl = secs(5)), item, expected);
    }
}
