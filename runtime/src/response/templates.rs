//! Pages made of templates.

#[cfg(feature = "askama")]
mod compiled {
    use askama::Template;

    use crate::response::{IntoResponse, Response, rejection::Rejection, text::Html};

    /// A page of a template that the compiler has read, by the `askama` crate.
    ///
    /// A template that cannot be rendered is answered with 500.
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

    /// Templates of a directory, read while the app runs, by the `minijinja` crate.
    ///
    /// In a debug build each page is made of the files as they are, so that a change is seen at once; in a
    /// release build a file is read once. Values are escaped in files that end in `.html`.
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
        /// Takes the templates of a directory.
        pub fn new(dir: impl AsRef<Path>) -> Self {
            let dir = dir.as_ref().to_owned();
            let mut environment = Environment::new();
            environment.set_loader(path_loader(&dir));
            Self { dir, environment }.reload(cfg!(debug_assertions))
        }

        /// Sets whether each page is made of the files as they are.
        #[must_use]
        pub fn reload(mut self, reloads: bool) -> Self {
            self.environment.set_auto_reload(reloads);
            self
        }

        /// Makes a page.
        ///
        /// # Errors
        /// Answers 500 where the template is not there or cannot be rendered; why is in the cause.
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
