//! The macro of `highball-alerts`.

mod expand;
mod parse;

/// Returns alert rules of an app, whose handlers and durations the compiler checks.
///
/// | Part of a rule | Meaning |
/// |---|---|
/// | `page("name", ..)` | a person is called: `severity: page`, `priority: P1` |
/// | `ticket("name", ..)` | it is looked at in working hours: `severity: ticket`, `priority: P2` |
/// | `p99(checkout) > millis(500)` | more than 1 % of the requests of a handler take longer; also `p50`, `p90`, `p95` and `p999` |
/// | `errors(checkout) > 0.02` | more than 2 % of the requests of a handler fail |
/// | `cpu() > 0.8` | a process uses more than 80 % of its cores |
/// | `capacity() > 0.9` | more than 90 % of the places of `Capacity` are taken |
/// | `expr("..")` | any PromQL, which is not checked here |
/// | `for = mins(2)` | the whole minutes for which this is so, by default 2 |
/// | `via = Users` | the group of a handler that is mounted twice |
#[proc_macro]
pub fn rules(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand::expand(input.into()).into()
}
