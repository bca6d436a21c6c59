//! Compares the router with a simple matcher that was written from `docs/reference/routing.md` alone.

mod apps;
mod matcher;
mod misses;
mod targets;

use std::{
    pin::pin,
    task::{Context as Task, Poll, Waker},
};

use highball::{
    http::{HeaderName, Uri},
    prelude::*,
    testing::TestResponse,
};
use proptest::{collection::vec, prelude::*};

use matcher::{Expected, PageRoute, Slash, expected};
use targets::{Choices, target};

const METHODS: [&str; 21] = [
    "GET", "HEAD", "GET", "POST", "GET", "PUT", "GET", "PATCH", "GET", "DELETE", "GET", "OPTIONS",
    "GET", "QUERY", "GET", "TRACE", "PURGE", "LINK", "LOCK", "MOVE", "get",
];

fn page_routes(routes: &[highball::Route]) -> Vec<PageRoute> {
    let routes = routes.iter().map(|route| {
        let slash = match route.handler().rsplit('_').next() {
            Some("redirect") => Slash::Redirect,
            Some("ignore") => Slash::Ignore,
            _ => Slash::Strict,
        };
        PageRoute::new(route, slash)
    });
    routes.collect()
}

/// Returns the output of a future that is ready at the first poll.
fn now<F: Future>(future: F) -> F::Output {
    let mut cx = Task::from_waker(Waker::noop());
    match pin!(future).poll(&mut cx) {
        Poll::Ready(output) => output,
        Poll::Pending => unreachable!("no handler waits"),
    }
}

fn check_response(response: &TestResponse, expected: &Expected) -> Result<(), String> {
    let header = |name| response.header(name).to_owned();
    let status = response.status().as_u16();
    let answered = match expected {
        Expected::Handler(handler, params) => {
            let params: Vec<_> = params
                .iter()
                .map(|(name, value)| format!("{name}={}", value.escape_default()))
                .collect();
            status == 200
                && header(HeaderName::from_static("x-handler")) == *handler
                && header(HeaderName::from_static("x-params")) == params.join(" & ")
        }
        Expected::Redirect(_, location) => status == 308 && header(header::LOCATION) == *location,
        Expected::BadRequest => status == 400,
        Expected::NotFound => status == 404,
        Expected::NotAllowed(allow) => status == 405 && header(header::ALLOW) == *allow,
        Expected::Options(allow) => status == 204 && header(header::ALLOW) == *allow,
    };
    if answered {
        return Ok(());
    }
    Err(format!(
        "the page: {expected:?}\nthe app: {status} {:?}",
        response.headers()
    ))
}

/// Defines a test that sends random requests to an app, and compares the responses with those of the matcher.
macro_rules! compare {
    ($($name:ident: $app:path,)*) => {
        proptest! {
            #![proptest_config(ProptestConfig {
                cases: 4000,
                max_global_rejects: 4000,
                failure_persistence: None,
                ..ProptestConfig::default()
            })]
            $(
                #[test]
                fn $name(numbers in vec(any::<u8>(), 0..60)) {
                    let routes = page_routes(<$app>::ROUTES);
                    let patterns: Vec<_> = <$app>::ROUTES.iter().map(|route| route.path()).collect();
                    let mut choices = Choices::new(&numbers);
                    let method = choices.one(&METHODS);
                    let target = target(&mut choices, &patterns);
                    prop_assume!(target.parse::<Uri>().is_ok());
                    let request = $app.test().request(method.parse().expect("a method"), &target);
                    let response = now(request.send());
                    let expected = expected(&routes, method, &target);
                    let checked = check_response(&response, &expected);
                    prop_assert!(checked.is_ok(), "{} {}\n{}", method, target, checked.unwrap_err());
                    let groups = misses::check_tags(&response, &routes, &target, &expected);
                    prop_assert!(groups.is_ok(), "{} {}\n{}", method, target, groups.unwrap_err());
                }
            )*
        }
    };
}

compare! {
    plain: apps::plain::Api,
    spellings: apps::spellings::Api,
    ranks: apps::ranks::Api,
    redirects: apps::redirects::Api,
    ignores: apps::ignores::Api,
    groups: apps::groups::Api,
    misses: misses::Api,
}

#[tokio::test]
async fn other_targets_find_no_route() {
    let client = apps::plain::Api.test().start();
    let response = client.request(Method::OPTIONS, "*").send().await;
    assert_eq!(response.status(), 204);
    assert!(!response.headers().contains_key(header::ALLOW));
    for (method, target) in [
        (Method::GET, "*"),
        (Method::CONNECT, "a.example:80"),
        (Method::OPTIONS, "a.example:80"),
    ] {
        let response = client.request(method.clone(), target).send().await;
        assert_eq!(response.status(), 404, "{method} {target}");
    }
}
