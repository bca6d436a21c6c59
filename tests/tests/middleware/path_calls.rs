//! Options of other packages on routes, groups and fields.

use highball::prelude::*;

/// In place of a package.
mod toy {
    use highball::prelude::*;

    /// A middleware that adds a header with its options.
    #[allow(non_camel_case_types)]
    #[derive(Debug)]
    pub(crate) struct tagged {
        tag: &'static str,
        times: usize,
        is_private: bool,
    }

    impl tagged {
        pub(crate) const fn new() -> Self {
            Self {
                tag: "plain",
                times: 1,
                is_private: false,
            }
        }

        pub(crate) const fn tag(mut self, tag: &'static str) -> Self {
            self.tag = tag;
            self
        }

        pub(crate) const fn repeated(mut self, times: usize, by: usize) -> Self {
            self.times = times * by;
            self
        }

        pub(crate) const fn private(mut self) -> Self {
            self.is_private = true;
            self
        }
    }

    #[middleware(facts = Facts::NONE)]
    impl tagged {
        async fn add(&self, cx: &mut Context<'_>, next: impl Next) -> Response {
            let mut response = next.run(cx).await;
            let private = if self.is_private { "!" } else { "" };
            let text = format!("{}{private}", self.tag.repeat(self.times));
            response.append_header("x-tag", &text);
            response
        }
    }
}

#[get("/route", toy::tagged(tag = "a", private), timeout = secs(5))]
async fn on_a_route() {}

#[get("/plain", toy::tagged())]
async fn plain() {}

use toy::tagged;

#[get("/imported", tagged(repeated(2, 2), tag = "b",))]
async fn imported() {}

#[get("/bare")]
async fn bare() {}

#[routes("/group", toy::tagged(tag = "g"))]
struct Group(bare, on_a_route);

#[routes(app)]
struct Api(
    on_a_route,
    plain,
    imported,
    #[toy::tagged(tag = "f")]
    #[prefix("/field")]
    bare,
    Group,
);

async fn check(path: &str, expected: &[&str]) {
    let response = Api.test().get(path).send().await;
    let tags: Vec<_> = response.headers().get_all("x-tag").iter().collect();
    assert_eq!(tags, expected, "{path}");
}

#[tokio::test]
async fn an_option_is_a_middleware_with_its_values() {
    check("/route", &["a!"]).await;
    check("/plain", &["plain"]).await;
    check("/imported", &["bbbb"]).await;
    check("/field/bare", &["f"]).await;
    check("/group/bare", &["g"]).await;
    check("/group/route", &["a!", "g"]).await;
}

#[test]
fn an_option_is_outside_of_the_timeout() {
    let names: Vec<_> = Api::ROUTES[0].middleware().collect();
    assert!(names[0].ends_with("::tagged"), "{names:?}");
    assert!(names[1].ends_with("::Timeout"), "{names:?}");
}
