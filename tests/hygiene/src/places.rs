//! Handlers in modules and functions, behind every visibility.

/// A body that is validated.
#[derive(Debug, serde::Deserialize, garde::Validate)]
pub struct Order {
    /// A number.
    #[garde(range(min = 1))]
    pub count: u64,
}

mod outer {
    pub(in crate::places) mod middle {
        pub(super) mod inner {
            use highball::prelude::*;

            /// Only in this module.
            #[derive(Debug, Local)]
            pub(in crate::places) struct Private(u64);

            /// A type as visible as the handlers that take it.
            #[derive(Debug)]
            pub(in crate::places) struct Hidden(u64);

            impl std::str::FromStr for Hidden {
                type Err = std::num::ParseIntError;

                fn from_str(text: &str) -> Result<Self, Self::Err> {
                    text.parse().map(Self)
                }
            }

            #[guard]
            async fn privately(cx: &Context<'_>) -> Result<Private, StatusCode> {
                match cx.path().len() {
                    0 => Err(StatusCode::NOT_FOUND),
                    len => Ok(Private(len as u64)),
                }
            }

            #[get("/restricted/{id}", with(privately, limited(9)))]
            pub(in crate::places) async fn restricted(
                id: Hidden,
                private: Local<'_, Private>,
            ) -> String {
                format!("{} {}", id.0, private.0)
            }

            #[get("/super/{id}")]
            pub(super) async fn of_super(id: Hidden) -> String {
                id.0.to_string()
            }

            #[get("/text/{text}")]
            pub(crate) async fn of_crate(text: &str) -> String {
                of_crate::path(text)
            }

            #[get("/private")]
            async fn of_module() -> &'static str {
                "private"
            }

            #[guard]
            pub(in crate::places) fn limited(
                #[config] limit: u64,
                _private: Local<'_, Private>,
            ) -> Result<(), StatusCode> {
                match limit {
                    0 => Err(StatusCode::TOO_MANY_REQUESTS),
                    _ => Ok(()),
                }
            }

            #[routes("/inner")]
            pub(in crate::places) struct Inner(restricted, of_super, of_crate, of_module);
        }

        #[highball::routes("/middle")]
        pub(in crate::places) struct Middle(inner::of_super, inner::of_crate);

        pub(in crate::places) use self::inner::Inner;
    }
}

use highball::prelude::*;

/// Returns what an app in a function answers.
pub async fn in_a_function(path: &str) -> String {
    #[derive(Debug, Clone, highball::State)]
    struct AppState {
        limit: u64,
    }

    #[derive(Debug, Local)]
    struct User(u64);

    #[derive(Debug, highball::PathFields)]
    struct Fields {
        id: u64,
    }

    #[derive(Debug, highball::IntoResponse)]
    enum Problem {
        #[status(409, "{limit} is the limit")]
        Over { limit: u64 },
    }

    #[guard]
    async fn signed_in(limit: State<u64>) -> Result<User, Problem> {
        match *limit {
            0 => Err(Problem::Over { limit: 0 }),
            limit => Ok(User(limit)),
        }
    }

    #[middleware]
    async fn timed(cx: &mut Context<'_>, next: impl Next) -> Response {
        next.run(cx).await
    }

    #[observer]
    fn counted(exchange: &Exchange<'_>) {
        let _ = exchange.status();
    }

    #[get("/local/{id}", with(signed_in, timed))]
    async fn local(fields: Path<Fields>, user: Local<'_, User>) -> String {
        #[get("/nested/{id}")]
        async fn nested(id: u64) -> String {
            id.to_string()
        }

        #[routes(app)]
        struct Nested(nested);

        let link = url!(Nested, nested(fields.id));
        format!("{link} {}", user.0)
    }

    #[fallback]
    async fn nothing(cx: &Context<'_>) -> Response {
        cx.text(404, "nothing")
    }

    #[routes("/module")]
    mod module {
        #[highball::get("/")]
        pub(super) async fn index() -> &'static str {
            "module"
        }
    }

    struct Service;

    #[routes("/service")]
    impl Service {
        #[get("/")]
        async fn index() -> &'static str {
            "service"
        }
    }

    #[routes(app, fallback = nothing, with(counted))]
    struct Api(local, module::Routes, Service);

    let client = Api.test().state(AppState { limit: 7 });
    client.get(path).send().await.text().to_owned()
}

/// A service whose methods name it as `Self`.
#[derive(Debug, Clone)]
pub struct Counter(u64);

/// A service with a type argument.
#[derive(Debug, Clone)]
pub struct Typed<T>(T);

impl std::str::FromStr for Counter {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl IntoResponse for Counter {
    fn into_response(self) -> Response {
        self.0.to_string().into_response()
    }
}

#[routes("/counter")]
impl Counter {
    const STEP: u64 = 2;

    #[get("/{number}")]
    async fn next(&self, number: Self, own: State<Self>) -> Result<Self, StatusCode> {
        match self.0 + own.0 {
            0 => Err(StatusCode::NOT_FOUND),
            _ => Ok(Self(number.0 + Self::STEP)),
        }
    }
}

#[routes("/typed")]
impl Typed<u64> {
    #[get("/{number}")]
    async fn next(&self, number: u64) -> String {
        (self.0 + number).to_string()
    }

    #[get("/")]
    async fn list() -> &'static str {
        "typed"
    }
}

#[guard]
impl Counter {
    async fn check(&self, own: State<Self>) -> Result<(), StatusCode> {
        match self.0 > own.0 {
            true => Err(StatusCode::FORBIDDEN),
            false => Ok(()),
        }
    }
}

/// The state.
#[derive(Debug, Clone, highball::State)]
pub struct AppState {
    counter: Counter,
    typed: Typed<u64>,
}

impl AppState {
    /// Returns a state.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            counter: Counter(3),
            typed: Typed(4),
        }
    }
}

impl Default for AppState {
    fn default() -> Self {
        Self::new()
    }
}

#[routes("/guarded", with(Counter(1)))]
struct Guarded(outer::middle::Middle);

/// The app.
#[routes(app)]
pub struct Api(outer::middle::Inner, Guarded, Counter, Typed<u64>);
