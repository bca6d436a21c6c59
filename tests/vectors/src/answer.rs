//! What an app says of a request.

use highball::prelude::*;

/// The answer of an app to one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The pattern of the route, and its parameters, where a handler answered.
    pub route: Option<(String, Vec<(String, String)>)>,
    /// The header `Location`.
    pub location: String,
}

/// Answers a request with the route that it found: every handler of the sets calls it.
pub fn describe(cx: &Context<'_>) -> Response {
    let params = cx.route().into_iter().flat_map(|route| route.params());
    let params: Vec<_> = params.map(|name| (name, cx.param(name))).collect();
    cx.json(200, &json!([cx.full_path(), params]))
}

impl Answer {
    /// Reads a response.
    pub fn read(response: &highball::testing::TestResponse) -> Self {
        let status = response.status().as_u16();
        Self {
            status,
            route: (status == 200).then(|| response.json()),
            location: response.header(header::LOCATION).to_owned(),
        }
    }
}

/// Makes the function `ask`, which sends requests to an app.
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
