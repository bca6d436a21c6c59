//! Arguments that must keep rules, by the `garde` crate.

use std::ops::Deref;

use garde::Validate;
use http::{Method, StatusCode};

use super::{Extract, Input, form};
use crate::{decode::escape, response::Rejection, routes::LocalId};

/// An argument whose value keeps the rules that its type declares by `garde`; where it does not, every
/// field that is wrong is named at once, in problem details with status 422.
///
/// It stands around whatever leads to a value: [`Json`](crate::Json), [`Form`](crate::Form),
/// [`Query`](crate::Query), [`Path`](crate::Path), [`Bind`](crate::Bind).
///
/// Fields are named as in the Rust type, because garde does not know serde's `rename` and `flatten`: a field of
/// a flattened struct is `/page/size` in a JSON body, and `size` in a query or a form.
///
/// # Examples
/// ```
/// use garde::Validate;
/// use highball::{Valid, prelude::*};
///
/// #[derive(serde::Deserialize, Validate)]
/// struct SignUp {
///     #[garde(length(min = 2))]
///     name: String,
///     #[garde(range(min = 18))]
///     age: u8,
/// }
///
/// #[post("/sign-up")]
/// async fn sign_up(form: Valid<Json<SignUp>>) -> String {
///     format!("hello {}, {}", form.name, form.age)
/// }
///
/// #[routes(app)]
/// struct Api(sign_up);
///
/// # highball::block_on(async {
/// let request = Api.test().post("/sign-up").json(&json!({ "name": "", "age": 7 }));
/// let response = request.send().await;
/// assert_eq!(response.status(), 422);
/// let problem: Value = response.json();
/// assert_eq!(problem["errors"][0]["name"], "/age");
/// assert_eq!(problem["errors"][1]["name"], "/name");
/// # });
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Valid<E>(pub E);

impl<E: Deref> Deref for Valid<E> {
    type Target = E::Target;

    fn deref(&self) -> &E::Target {
        &self.0
    }
}

impl<'r, E> Extract<'r> for Valid<E>
where
    E: Extract<'r> + Deref<Target: Validate<Context: Default>>,
{
    type State = E::State;
    const BODY: bool = E::BODY;
    const QUERY_OF_GET: bool = E::QUERY_OF_GET;
    const PARAMS: &'static [&'static str] = E::PARAMS;
    const NEEDS: &'static [LocalId] = E::NEEDS;

    fn extract(input: Input<'r, E::State>) -> Result<Self, Rejection> {
        let value = E::extract(input)?;
        match value.validate() {
            Ok(()) => Ok(Self(value)),
            Err(report) => {
                let is_form = form::is_form(input.headers());
                Err(refuse(&report, place::<E>(&input), is_form))
            }
        }
    }

    fn check_head(input: Input<'_, E::State>) -> Result<(), Rejection> {
        E::check_head(input)
    }
}

/// Returns where the value came from, as the rejection says it.
fn place<'r, E: Extract<'r>>(input: &Input<'r, E::State>) -> &'static str {
    let is_get = matches!(*input.method(), Method::GET | Method::HEAD);
    match (E::BODY && !(is_get && E::QUERY_OF_GET), E::PARAMS) {
        (true, _) => "body",
        (false, []) => "query",
        (false, _) => "path",
    }
}

/// Names every field: by a JSON pointer in a body, else by its key.
fn refuse(report: &garde::Report, place: &'static str, is_form: bool) -> Rejection {
    let count = report.iter().count();
    let fields = if count == 1 { "field is" } else { "fields are" };
    let detail = format!("{count} {fields} not valid");
    let rejection = Rejection::new(StatusCode::UNPROCESSABLE_ENTITY, detail);
    report.iter().fold(rejection, |rejection, (path, error)| {
        let path = path.to_string();
        let name = match place == "body" && !is_form {
            true => pointer(&path),
            false => key(&path),
        };
        rejection.with_fault(place, name, error.message().to_owned())
    })
}

/// Names every field of a body by a JSON pointer, with status 422.
///
/// [`Rejection::with_prefix`] says where in the body the value is, and [`Rejection::with_errors_of`] puts the
/// reports of several values into one rejection.
///
/// # Examples
/// ```
/// use garde::Validate;
/// use highball::Rejection;
///
/// #[derive(Validate)]
/// struct Item {
///     #[garde(length(min = 2))]
///     name: String,
/// }
///
/// let item = Item { name: String::new() };
/// let report = item.validate().expect_err("the name is too short");
/// let rejection = Rejection::from(report).with_prefix("/items/3");
/// assert_eq!(rejection.errors()[0].name, "/items/3/name");
/// ```
impl From<garde::Report> for Rejection {
    fn from(report: garde::Report) -> Self {
        refuse(&report, "body", false)
    }
}

/// Makes a JSON pointer (RFC 6901) of `lines[0].quantity`.
fn pointer(path: &str) -> String {
    let mut text = String::with_capacity(path.len() + 1);
    for piece in pieces(path) {
        text.push('/');
        text += &escape(piece);
    }
    text
}

/// Returns the key of a query or a form: the last name, since it has no structure but by `flatten`.
fn key(path: &str) -> String {
    let is_name = |piece: &&str| piece.parse::<usize>().is_err();
    let name = pieces(path).filter(is_name).last();
    name.unwrap_or_default().to_owned()
}

fn pieces(path: &str) -> impl Iterator<Item = &str> {
    path.split(['.', '[', ']'])
        .filter(|piece| !piece.is_empty())
}
