//! Responses of an app.

use highball::prelude::*;

/// The response to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The pattern of the route and its parameters, if a handler ran.
    pub route: Option<(String, Vec<(String, String)>)>,
    /// The header `Location`.
    pub location: String,
}

/// Returns the matched route as JSON. Every handler of the sets calls this function.
pub fn describe(cx: &Context<'_>) -> Response {
    let params = cx.route().into_iter().flat_map(|route| route.params());
    let params: Vec<_> = params.map(|name| (name, cx.param(name))).collect();
    cx.json(200, &json!([cx.full_path(), params]))
}

impl Answer {
    /// Parses a response.
    pub fn read(response: &highball::testing::TestResponse) -> Self {
        let status = response.status().as_u16();
        Self {
            status,
            route: (status == 200).then(|| response.json()),
            location: response.header(header::LOCATION).to_owned(),
        }
    }
}

/// Defines the function `ask`, which sends requests to an app.
#[macro_export]
macro_rules! ask {
    ($app:expr) => {
        pub(crate) fn ask(requests: &[(&str, &str)]) -> Vec<$crate::Answer> {
            highball::block_on(async {
                let client = $app.test().start();
                let mut answers = Vec::new();
                for (method, path) in requests {
                    let method = method.parse().expect("a method");
                    let response = client.request(method, path).send().await;
                    answers.push($crate::Answer::read(&response));
                }
                answers
            })
        }
    };
}
