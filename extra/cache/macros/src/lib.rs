//! The attribute of `highball-cache`.

mod check;
mod expand;
mod model;
mod options;
#[cfg(test)]
mod tests;

use highball_macro_stages::{errors::Errors, fragments};
use proc_macro2::TokenStream;

/// Caches the values of an async function, by its arguments.
///
/// ```text
/// #[cache(ttl = mins(5), stale = mins(30), on_error = hours(2), soft = millis(80), tags(prices(product)))]
/// async fn price(product: u64, currency: &str, #[skip] db: &Pool) -> Result<u32, DbError> { .. }
///
/// let price = price(17, "EUR", &db).await?; // Result<u32, LoadError>
/// price::invalidate(17, "EUR");
/// price::cache().invalidate_tag(prices(17));
/// price::cache().peek(&price { product: 17, currency: "EUR".to_owned() });
/// ```
///
/// The function returns `Result<T, LoadError>`, where `T` is the type in its own `Result`. The function runs as a task
/// that all callers with the same arguments share, so its future is `Send`.
///
/// - Arguments are the key: they are `Hash + Eq + Clone`. A `&str` is a `String` in the key, and a `&T` is a `T`.
/// - An argument with `#[skip]` is not in the key: a pool or a client that does not change the value. It is
///   `Send + 'static`, and a `&T` is cloned for each computation.
///
/// The attribute adds a type with the name of the function. It is the key: its fields are the arguments without
/// `#[skip]`. It has two functions: `cache()` returns the `Cache`, and `invalidate(..)` takes the
/// arguments without `#[skip]`.
///
/// | option | meaning | default |
/// |---|---|---|
/// | `ttl = secs(60)` | how long a value is fresh | must be written |
/// | `stale = mins(10)` | how long it is returned after that, while it is refreshed | none |
/// | `on_error = hours(2)` | how long it is returned after `ttl` if the refresh fails | none |
/// | `soft = millis(80)` | how long a call waits if there is a value that `on_error` allows | to the end |
/// | `timeout = secs(5)` | how long the function may run, which is an error | 1 minute |
/// | `retry = secs(10)` | the time after an error without an attempt | 1 second |
/// | `ttl_missing = secs(5)` | how long a `None` is fresh, in a function with `Result<Option<T>, E>` | `ttl` |
/// | `entries = 50_000` | the maximum number of values | 10,000 |
/// | `jitter = 0.1` | the part by which `ttl` is shortened at random | 0.1 |
/// | `early = 1.0` | how early a value in use is refreshed | 1.0 |
/// | `tags(prices(product), "all")` | expressions of the arguments, each a `Tag`, a `&'static str` or a `String` | none |
///
/// The values of options are expressions. `millis`, `secs`, `mins`, `hours` and `days` need no import.
#[proc_macro_attribute]
pub fn cache(
    args: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    expand_all(
        fragments::in_args(args.into()),
        fragments::in_item(item.into()),
    )
    .into()
}

fn expand_all(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let options = options::parse(args, &mut errors);
    let Some(function) = errors.keep(syn::parse2::<model::Function>(item.clone())) else {
        return [item, errors.into_tokens()].into_iter().collect();
    };
    let args = model::args(&function, &mut errors);
    check::check(&function, &options, &mut errors);
    let output = model::value_type(&function, &mut errors);
    match (output, options.ttl.as_ref()) {
        (Some(value), Some(ttl)) if errors.is_empty() => {
            expand::expand(&function, &args, &value, ttl, &options)
        }
        // The calls of the function must not cause further errors.
        _ => [function.to_item(), errors.into_tokens()]
            .into_iter()
            .collect(),
    }
}
