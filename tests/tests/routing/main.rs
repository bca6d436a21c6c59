//! Routing: each test shows one rule of `docs/reference/routing.md`, with real apps and the test client.

use highball::prelude::*;

/// Declares handlers that return the matched route.
macro_rules! handlers {
    ($($name:ident: $verb:ident($($route:tt)*),)*) => {$(
        #[$verb($($route)*)]
        async fn $name(cx: &Context<'_>) -> String {
            route_of(cx)
        }
    )*};
}

/// Sends each request, written as `METHOD /path`, and compares the response.
macro_rules! check {
    ($app:expr, $($request:literal => $answer:literal,)*) => {
        highball::block_on(async {
            let client = $app.test().start();
            $(
                let (method, path) = $request.split_once(' ').unwrap();
                let response = client.request(method.parse().unwrap(), path).send().await;
                assert_eq!(answer(&response), $answer, "{}", $request);
            )*
        })
    };
}

/// Returns the pattern of the route and its parameters.
fn route_of(cx: &Context<'_>) -> String {
    let route = cx.route().expect("a handler has a route");
    let params = route.params();
    let params = params.map(|name| format!(" {name}={}", cx.param(name).unwrap_or_default()));
    params.fold(route.path().to_owned(), |text, param| text + &param)
}

/// Returns the status, the header or text that belongs to it (`Allow`, `Location` or the body), and the middleware that
/// ran.
fn answer(response: &highball::testing::TestResponse) -> String {
    let status = response.status().as_u16();
    let says = match status {
        200 => response.text(),
        204 | 405 => response.header(header::ALLOW),
        308 => response.header(header::LOCATION),
        _ => "",
    };
    let via = response.headers().get_all(header::VIA).iter();
    let via = via.map(|name| format!(" via {}", name.to_str().unwrap_or_default()));
    let says = if says.is_empty() {
        String::new()
    } else {
        format!(" {says}")
    };
    format!("{status}{says}{}", via.collect::<String>())
}

macro_rules! marks {
    ($($name:ident),*) => {$(
        #[middleware]
        async fn $name(cx: &mut Context<'_>, next: impl Next) -> Response {
            let mut response = next.run(cx).await;
            let name = header::HeaderValue::from_static(stringify!($name));
            response.headers_mut().append(header::VIA, name);
            response
        }
    )*};
}

marks!(outer, inner);

mod escapes;
mod groups;
mod methods;
mod model;
mod parameter_values;
mod patterns;
mod ranking;
mod slashes;
