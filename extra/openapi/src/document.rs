//! The document of an app: a title and the like, and everything that the routes declare.

use std::collections::{BTreeMap, BTreeSet};

use highball::{
    App, Route,
    describe::{RoutePayloads, Visit},
};
use schemars::JsonSchema;

use crate::{
    canonical::canonical,
    common::{Common, Format},
    described::{Described, DescribedOperation, of_methods, tags},
    error::Error,
    frozen::{self, Accepted, Frozen},
    model::{Components, Info, Root, Server},
    names, operation, problem,
    schemas::{Schemas, StrictTypes, Types},
    spec::Spec,
    used::retain_used,
};

/// The OpenAPI document of an app, before it is built: a title, a version, and other texts that no route has.
///
/// # Examples
/// ```
/// use highball::prelude::*;
/// use highball_openapi::Document;
///
/// #[derive(serde::Serialize, schemars::JsonSchema)]
/// struct User {
///     id: u64,
/// }
///
/// /// Shows a user.
/// #[get("/users/{id}")]
/// async fn show(id: u64) -> Option<Json<User>> {
///     Some(Json(User { id }))
/// }
///
/// #[routes(app)]
/// struct Api(show);
///
/// # fn main() -> Result<(), highball_openapi::Error> {
/// let document = Document::of::<Api>("Users", "1.0.0").description("All users.").build()?;
/// let json: Value = highball::serde_json::from_str(document.json()).unwrap();
/// let operation = &json["paths"]["/users/{id}"]["get"];
/// assert_eq!(operation["summary"], "Shows a user");
/// assert_eq!(operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"], "#/components/schemas/User");
/// assert!(operation["responses"]["400"].is_object() && operation["responses"]["404"].is_object());
/// # Ok(())
/// # }
/// ```
#[must_use]
pub struct Document {
    info: Info,
    servers: Vec<Server>,
    routes: &'static [Route],
    types: Types,
    /// The prefixes of the routes in the document, or all if there is none.
    shown: Vec<String>,
    hidden: Vec<String>,
    common: Common,
    pub(crate) frozen: Vec<Frozen>,
    pub(crate) accepted: Vec<Accepted>,
}

impl Document {
    /// Returns the document of an app with this title and this version of the API.
    pub fn of<A: App + RoutePayloads<Types>>(
        title: impl Into<String>,
        version: impl Into<String>,
    ) -> Self {
        let mut types = Types::default();
        A::show_all(&mut types);
        Self::new::<A>(title.into(), version.into(), types)
    }

    /// Returns the document of an app whose answers are all known.
    ///
    /// A handler whose return type does not state its answers, such as `Response` or `(StatusCode, Json<T>)`, is a
    /// compile error, unless its attribute states them: `#[get("/", answers(200 => Json<User>))]`.
    ///
    /// # Examples
    /// ```
    /// # use highball::prelude::*;
    /// # use highball_openapi::Document;
    /// #[get("/teapot", answers(418))]
    /// async fn teapot() -> Result<(), Rejection> {
    ///     Err(Rejection::new(StatusCode::IM_A_TEAPOT, "short and stout"))
    /// }
    ///
    /// #[routes(app)]
    /// struct Api(teapot);
    ///
    /// # fn main() -> Result<(), highball_openapi::Error> {
    /// let document = Document::strict::<Api>("Tea", "1.0.0").build()?;
    /// assert!(document.json().contains("418"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn strict<A: App + RoutePayloads<StrictTypes>>(
        title: impl Into<String>,
        version: impl Into<String>,
    ) -> Self {
        let mut types = StrictTypes::default();
        A::show_all(&mut types);
        Self::new::<A>(title.into(), version.into(), types.0)
    }

    fn new<A: App>(title: String, version: String, types: Types) -> Self {
        Self {
            info: Info {
                title,
                description: String::new(),
                version,
            },
            servers: Vec::new(),
            routes: A::ROUTES,
            types,
            shown: Vec::new(),
            hidden: Vec::new(),
            common: Common::default(),
            frozen: Vec::new(),
            accepted: Vec::new(),
        }
    }

    /// Sets a description of the API, as Markdown.
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.info.description = text.into();
        self
    }

    /// Adds an address at which the API is served. Without one, clients use that of the document.
    pub fn server(mut self, url: impl Into<String>, description: impl Into<String>) -> Self {
        self.servers.push(Server {
            url: url.into(),
            description: description.into(),
        });
        self
    }

    /// Leaves out the routes that are not below a prefix, such as the pages of an app whose API is at `/api`. Several
    /// calls add up.
    ///
    /// # Examples
    /// ```
    /// # use highball::prelude::*;
    /// # use highball_openapi::Document;
    /// #[get("/about")]
    /// async fn about() -> &'static str {
    ///     "a page"
    /// }
    ///
    /// #[get("/api/books")]
    /// async fn books() -> Json<Vec<String>> {
    ///     Json(vec![])
    /// }
    ///
    /// #[routes(app)]
    /// struct Site(about, books);
    ///
    /// # fn main() -> Result<(), highball_openapi::Error> {
    /// let document = Document::of::<Site>("Books", "1.0.0").only("/api").build()?;
    /// assert!(document.json().contains("/api/books") && !document.json().contains("/about"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn only(mut self, prefix: impl Into<String>) -> Self {
        self.shown.push(prefix.into());
        self
    }

    /// Leaves out the routes whose path is this prefix or continues it with a slash, such as those of operators.
    ///
    /// # Examples
    /// ```
    /// # use highball::prelude::*;
    /// # use highball_openapi::Document;
    /// #[get("/admin/users")]
    /// async fn users() -> &'static str {
    ///     "all users"
    /// }
    ///
    /// #[routes(app)]
    /// struct Api(users);
    ///
    /// # fn main() -> Result<(), highball_openapi::Error> {
    /// let document = Document::of::<Api>("Shop", "1.0.0").hide("/admin").build()?;
    /// assert!(!document.json().contains("/admin"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn hide(mut self, prefix: impl Into<String>) -> Self {
        self.hidden.push(prefix.into());
        self
    }

    /// Adds the 503 of a server with a [`Capacity`](highball::serve::Capacity) to each route.
    ///
    /// # Examples
    /// ```
    /// # use highball::prelude::*;
    /// # use highball_openapi::Document;
    /// #[get("/")]
    /// async fn home() {}
    ///
    /// #[routes(app)]
    /// struct Api(home);
    ///
    /// # fn main() -> Result<(), highball_openapi::Error> {
    /// let document = Document::of::<Api>("Shop", "1.0.0").capacity().build()?;
    /// assert!(document.json().contains("503"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn capacity(mut self) -> Self {
        self.common.has_capacity = true;
        self
    }

    /// Sets the type and the media type of rejections. Use it for an app with its own format,
    /// `#[routes(app, rejection = ..)]`.
    ///
    /// Without it, rejections are problem details in the document, as the framework renders them.
    ///
    /// # Examples
    /// ```
    /// # use highball::prelude::*;
    /// # use highball_openapi::Document;
    /// #[derive(serde::Serialize, schemars::JsonSchema)]
    /// struct Failure {
    ///     message: String,
    /// }
    ///
    /// fn failure(rejection: &Rejection, _: &Context<'_>) -> Response {
    ///     let message = rejection.detail().to_owned();
    ///     (rejection.status(), Json(Failure { message })).into_response()
    /// }
    ///
    /// #[get("/users/{id}")]
    /// async fn show(id: u64) -> Option<String> {
    ///     None
    /// }
    ///
    /// #[routes(app, rejection = failure)]
    /// struct Api(show);
    ///
    /// # fn main() -> Result<(), highball_openapi::Error> {
    /// let document = Document::of::<Api>("Shop", "1.0.0");
    /// let document = document.rejections::<Failure>("application/json").build()?;
    /// assert!(document.json().contains("#/components/schemas/Failure"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn rejections<T: JsonSchema>(mut self, media_type: &'static str) -> Self {
        Visit::<T>::visit(&mut self.types);
        self.common.format = Some(Format::of::<T>(media_type));
        self
    }

    /// Builds the document.
    ///
    /// # Errors
    /// Returns an error if two types have the same name in the document, if an example in a doc comment cannot be read,
    /// or if a frozen version has changed so that a client breaks.
    pub fn build(mut self) -> Result<Spec, Error> {
        let frozen = std::mem::take(&mut self.frozen);
        let accepted = std::mem::take(&mut self.accepted);
        let Described {
            info,
            servers,
            operations,
            mut schemas,
            common,
        } = self.describe();
        let (mut paths, mut logins) = (BTreeMap::new(), BTreeSet::new());
        for DescribedOperation { route, method, id } in &operations {
            let id = id.clone();
            let operation = operation::operation(route, id, common, &mut schemas, &mut logins)?;
            let path: &mut BTreeMap<_, _> = paths.entry(names::path(route.path())).or_default();
            path.insert(method.clone(), operation);
        }
        schemas.check()?;
        let mut named = schemas.into_named();
        named.insert(problem::NAME.to_owned(), canonical(&problem::schema()));
        retain_used(&mut named, &paths);
        let root = Root {
            openapi: "3.1.1",
            info,
            servers,
            tags: tags(operations.iter().map(|operation| operation.route)),
            paths,
            components: Components {
                schemas: named,
                security_schemes: operation::security_schemes(&logins),
            },
        };
        let spec = Spec::new(&root, &operations);
        let broken = frozen::broken(&spec, &frozen, &accepted);
        match broken.is_empty() {
            true => Ok(spec),
            false => Err(Error::new(broken)),
        }
    }

    /// Returns the operations with their ids, and the schemas of their answers.
    pub(crate) fn describe(self) -> Described {
        let routes = self.routes.iter().filter(|route| self.shows(route));
        let operations: Vec<_> = routes.flat_map(of_methods).collect();
        let ids = names::operation_ids(&operations);
        let mut schemas = Schemas::new(self.types);
        for (route, _) in &operations {
            operation::prepare(route, self.common, &mut schemas);
        }
        let operations = operations.into_iter().zip(ids);
        let operations =
            operations.map(|((route, method), id)| DescribedOperation { route, method, id });
        Described {
            info: self.info,
            servers: self.servers,
            operations: operations.collect(),
            schemas,
            common: self.common,
        }
    }

    /// Returns whether a route is in the document. Those of this package are not.
    fn shows(&self, route: &Route) -> bool {
        let path = route.path();
        let is_below = |prefix: &String| {
            let rest = path.strip_prefix(prefix.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let is_shown = self.shown.is_empty() || self.shown.iter().any(is_below);
        let is_hidden = self.hidden.iter().any(is_below);
        is_shown && !is_hidden && !route.handler().starts_with("highball_openapi::")
    }
}

impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Document")
            .field("title", &self.info.title)
            .field("version", &self.info.version)
            .finish_non_exhaustive()
    }
}
