//! Validation of arguments with the `garde` crate.

use std::ops::Deref;

use garde::Validate;
use http::{Method, StatusCode};

use super::{Answer, Answers, Extract, Facts, Input, Inputs, Opens, form};
use crate::{decode::escape, response::Rejection, routes::LocalId};

/// The rejection of a value that violates a rule.
const BREAKS_RULES: Answers = Answers::one(Answer::problem(422).about("a value violates a rule"));

/// An extractor that validates the value of another extractor with the `garde` rules of its type.
///
/// It wraps an extractor of a value: [`Json`](crate::Json), [`Form`](crate::Form), [`Query`](crate::Query),
/// [`Path`](crate::Path) or [`Bind`](crate::extract::Bind). If the value violates a rule, the request is rejected with 422, and
/// the rejection contains every invalid field.
///
/// Fields have their names in the Rust type, because `garde` ignores the serde attributes `rename` and `flatten`. A
/// field of a flattened struct is `/page/size` in a JSON body, and `size` in a query or a form.
///
/// # Examples
/// ```
/// use garde::Validate;
/// use highball::{extract::Valid, prelude::*};
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
    const FACTS: Facts = E::FACTS;
    const INPUTS: Inputs = E::INPUTS;
    const ANSWERS: Answers = Answers::either(&E::ANSWERS, &BREAKS_RULES);
    const OPENS: Option<Opens<E::State>> = E::OPENS;

    fn extract(input: Input<'r, E::State>) -> Result<Self, Rejection> {
        let value = E::extract(input)?;
        match value.validate() {
            Ok(()) => Ok(Self(value)),
            Err(report) => {
                let is_form = form::is_form(input.headers());
                Err(to_rejection(&report, source::<E>(&input), is_form))
            }
        }
    }

    fn check_head(input: Input<'_, E::State>) -> Result<(), Rejection> {
        E::check_head(input)
    }
}

/// Returns the source of the value for the rejection: the body, the query or the path.
fn source<'r, E: Extract<'r>>(input: &Input<'r, E::State>) -> &'static str {
    let is_get = matches!(*input.method(), Method::GET | Method::HEAD);
    match (E::BODY && !(is_get && E::QUERY_OF_GET), E::PARAMS) {
        (true, _) => "body",
        (false, []) => "query",
        (false, _) => "path",
    }
}

/// Creates a rejection that contains every invalid field, by its JSON pointer in a body and by its key elsewhere.
fn to_rejection(report: &garde::Report, source: &'static str, is_form: bool) -> Rejection {
    let count = report.iter().count();
    let fields = if count == 1 { "field is" } else { "fields are" };
    let detail = format!("{count} {fields} not valid");
    let rejection = Rejection::new(StatusCode::UNPROCESSABLE_ENTITY, detail);
    report.iter().fold(rejection, |rejection, (path, error)| {
        let path = path.to_string();
        let name = match source == "body" && !is_form {
            true => pointer(&path),
            false => key(&path),
        };
        rejection.with_fault(source, name, error.message().to_owned())
    })
}

/// Converts a report into a 422 that contains every invalid field by its JSON pointer.
///
/// [`Rejection::with_prefix`] sets the location of the value in the body, and [`Rejection::with_errors_of`] merges the
/// rejections of several values.
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
        to_rejection(&report, "body", false)
    }
}

/// Converts a path of garde, such as `lines[0].quantity`, into a JSON pointer (RFC 6901).
fn pointer(path: &str) -> String {
    let mut text = String::with_capacity(path.len() + 1);
    for segment in segments(path) {
        text.push('/');
        text += &escape(segment);
    }
    text
}

/// Converts a path of garde into the key of a query or a form: its last name, because only `flatten` nests structs
/// there.
fn key(path: &str) -> String {
    let is_name = |segment: &&str| segment.parse::<usize>().is_err();
    let name = segments(path).filter(is_name).last();
    name.unwrap_or_default().to_owned()
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split(['.', '[', ']'])
        .filter(|segment| !segment.is_empty())
}
