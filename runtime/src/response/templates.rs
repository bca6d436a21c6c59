//! HTML pages from templates.

#[cfg(feature = "askama")]
mod compiled {
    use askama::Template;

    use crate::{
        response::{IntoResponse, Response, rejection::Rejection, text::Html},
        routes::{Answer, Answers, Facts},
    };

    /// A response of a template that is checked at compile time, by the `askama` crate.
    ///
    /// If the template cannot be rendered, the response is a 500.
    ///
    /// # Examples
    /// ```
    /// use askama::Template;
    /// use highball::{prelude::*, response::Page};
    ///
    /// #[derive(Template)]
    /// #[template(source = "<h1>hello {{ name }}</h1>", ext = "html")]
    /// struct Hello {
    ///     name: String,
    /// }
    ///
    /// #[get("/hello/{name}")]
    /// async fn hello(name: String) -> Page<Hello> {
    ///     Page(Hello { name })
    /// }
    ///
    /// #[routes(app)]
    /// struct Api(hello);
    ///
    /// # highball::block_on(async {
    /// let response = Api.test().get("/hello/%3Cb%3E").send().await;
    /// assert_eq!(response.text(), "<h1>hello &#60;b&#62;</h1>");
    /// # });
    /// ```
    #[derive(Debug, Clone, Copy)]
    pub struct Page<T>(pub T);

    impl<T: Template> IntoResponse for Page<T> {
        const FACTS: Facts = Facts::NONE;
        const ANSWERS: Answers = Answers::one(Answer::new(200, "text/html"));

        fn into_response(self) -> Response {
            match self.0.render() {
                Ok(text) => Html(text).into_response(),
                Err(error) => Rejection::internal().with_source(error).into_response(),
            }
        }
    }
}

#[cfg(feature = "minijinja")]
mod loaded {
    use std::{
        fmt,
        path::{Path, PathBuf},
    };

    use minijinja::{Environment, path_loader, value::Serde};
    use serde::Serialize;

    use crate::response::{rejection::Rejection, text::Html};

    /// The templates of a directory, which are loaded at run time, by the `minijinja` crate.
    ///
    /// In a debug build each page reads the files again, so that a change shows at once. In a release build each file
    /// is read once. In files that end in `.html` values are escaped.
    ///
    /// # Examples
    /// ```no_run
    /// use highball::{prelude::*, response::{Html, Templates}};
    ///
    /// #[derive(State)]
    /// struct AppState {
    ///     templates: Templates,
    /// }
    ///
    /// #[get("/hello/{name}")]
    /// async fn hello(name: &str, templates: State<Templates>) -> Result<Html<String>, Rejection> {
    ///     templates.page("hello.html", &json!({ "name": name }))
    /// }
    ///
    /// #[routes(app)]
    /// struct Api(hello);
    ///
    /// let templates = Templates::new("templates");
    /// let _ = highball::serve(Api).state(AppState { templates });
    /// ```
    pub struct Templates {
        dir: PathBuf,
        environment: Environment<'static>,
    }

    impl Templates {
        /// Returns the templates of a directory.
        pub fn new(dir: impl AsRef<Path>) -> Self {
            let dir = dir.as_ref().to_owned();
            let mut environment = Environment::new();
            environment.set_loader(path_loader(&dir));
            Self { dir, environment }.reload(cfg!(debug_assertions))
        }

        /// Sets whether each page reads the files again.
        #[must_use]
        pub fn reload(mut self, reloads: bool) -> Self {
            self.environment.set_auto_reload(reloads);
            self
        }

        /// Renders a page.
        ///
        /// # Errors
        /// Returns a 500 if the template does not exist or cannot be rendered. The cause has the reason.
        pub fn page(
            &self,
            name: &str,
            values: &(impl Serialize + ?Sized),
        ) -> Result<Html<String>, Rejection> {
            let page = self.environment.get_template(name);
            let page = page.and_then(|page| page.render(Serde(values)));
            page.map(Html)
                .map_err(|error| Rejection::internal().with_source(error))
        }
    }

    impl fmt::Debug for Templates {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.debug_struct("Templates")
                .field("dir", &self.dir)
                .finish_non_exhaustive()
        }
    }
}

#[cfg(feature = "askama")]
pub use compiled::Page;
#[cfg(feature = "minijinja")]
pub use loaded::Templates;
