//! Answers: the responses that a type may become, as a constant.
//!
//! They are a tree of references, because lists cannot be joined in constant evaluation without a fixed size. The tree
//! becomes a list for a document or a client.

use std::any::type_name;

/// The responses that a type may become, for documents and typed clients.
///
/// State it for your own responses, `const ANSWERS` of [`IntoResponse`](trait@crate::IntoResponse), and for the
/// rejections of your own extractors, `const ANSWERS` of [`Extract`](crate::Extract). A type that states nothing is
/// [`OPAQUE`](Self::OPAQUE). `#[derive(IntoResponse)]` states the answers of an error.
///
/// # Examples
/// ```
/// use highball::{describe::{Answer, Answers}, prelude::*};
///
/// struct Csv(String);
///
/// impl IntoResponse for Csv {
///     const ANSWERS: Answers = Answers::one(Answer::new(200, "text/csv"));
///
///     fn into_response(self) -> Response {
///         ([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], self.0).into_response()
///     }
/// }
///
/// #[get("/report")]
/// async fn report() -> Option<Csv> {
///     Some(Csv("a,b\n1,2\n".to_owned()))
/// }
///
/// #[routes(app)]
/// struct Api(report);
///
/// # fn main() {
/// let answers = Api::ROUTES[0].answers();
/// assert!(answers.iter().map(Answer::status).eq([200, 404]));
/// assert_eq!(answers[0].media_type(), Some("text/csv"));
/// assert!(answers[1].is_problem());
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Answers(Tree);

#[derive(Debug, Clone, Copy)]
enum Tree {
    Nothing,
    /// Any status and any body.
    Opaque,
    One(Answer),
    List(&'static [Answer]),
    Either(&'static Answers, &'static Answers),
    Any(&'static [&'static Answers]),
    /// Those answers, with this status in place of that of a success.
    Status(u16, &'static Answers),
    /// Those answers, with a status that is a value in place of that of a success.
    SomeStatus(&'static Answers),
    /// Those answers, with these headers in a success.
    Headers(&'static [&'static str], &'static Answers),
}

/// One response that a route may send: a status and a body.
///
/// # Examples
/// ```
/// use highball::describe::Answer;
///
/// const TAKEN: Answer = Answer::problem(409).about("another user has this name");
/// assert_eq!((TAKEN.status(), TAKEN.description()), (409, "another user has this name"));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Answer {
    status: u16,
    content: Content,
    about: &'static str,
    /// The conditions of other causes of the same answer.
    other_causes: [&'static str; 3],
    headers: &'static [&'static str],
    /// Whether the body is a page of values of its type.
    is_page: bool,
    /// The headers that wrappers around the type of the body add, up to three wrappers.
    outer_headers: [&'static [&'static str]; 3],
}

#[derive(Debug, Clone, Copy)]
enum Content {
    Nothing,
    /// The media type, and the type whose schema the body has.
    Body(&'static str, Option<fn() -> &'static str>),
    /// A rejection, in the app's format.
    Problem,
}

impl Answer {
    const fn with(status: u16, content: Content) -> Self {
        Self {
            status,
            content,
            about: "",
            other_causes: [""; 3],
            headers: &[],
            is_page: false,
            outer_headers: [&[]; 3],
        }
    }

    /// Returns an answer without a body.
    pub const fn empty(status: u16) -> Self {
        Self::with(status, Content::Nothing)
    }

    /// Returns an answer with a body of this media type, such as `text/csv`.
    pub const fn new(status: u16, media_type: &'static str) -> Self {
        Self::with(status, Content::Body(media_type, None))
    }

    /// Returns an answer whose body is a `T` in this format, such as `application/json`.
    pub const fn of<T: ?Sized>(status: u16, media_type: &'static str) -> Self {
        Self::with(status, Content::Body(media_type, Some(type_name::<T>)))
    }

    /// Returns an answer whose body is a page of values of `T`, `{"items": [..], "next": ..}`, in this format.
    pub const fn page_of<T>(status: u16, media_type: &'static str) -> Self {
        let mut answer = Self::of::<T>(status, media_type);
        answer.is_page = true;
        answer
    }

    /// Returns a rejection with this status.
    pub const fn problem(status: u16) -> Self {
        Self::with(status, Content::Problem)
    }

    /// Sets a sentence about the condition of the answer.
    #[must_use]
    pub const fn about(mut self, about: &'static str) -> Self {
        self.about = about;
        self
    }

    /// Sets the names of the headers, in lower case, that clients may need.
    #[must_use]
    pub const fn headers(mut self, names: &'static [&'static str]) -> Self {
        self.headers = names;
        self
    }

    /// Returns the answer with a body of the type `T` in this format. A [problem](Self::is_problem) then is none.
    #[must_use]
    pub const fn with_body<T: ?Sized>(mut self, media_type: &'static str) -> Self {
        self.content = Content::Body(media_type, Some(type_name::<T>));
        self
    }

    /// Returns the status.
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// Returns the media type of the body, or `None` if there is no body or if it is a [problem](Self::is_problem).
    pub const fn media_type(&self) -> Option<&'static str> {
        match self.content {
            Content::Body(media_type, _) => Some(media_type),
            _ => None,
        }
    }

    /// Returns the Rust type of the body, as [`type_name`] writes it, if the body has a schema.
    pub fn type_name(&self) -> Option<&'static str> {
        match self.content {
            Content::Body(_, name) => name.map(|name| name()),
            _ => None,
        }
    }

    /// Returns whether it is a rejection, whose format the app decides.
    pub const fn is_problem(&self) -> bool {
        matches!(self.content, Content::Problem)
    }

    /// Returns whether the body is an object with a list of values of the [type](Self::type_name) as `items`, and a
    /// cursor or null as `next`.
    pub const fn is_page(&self) -> bool {
        self.is_page
    }

    /// Returns the sentence about the condition of the answer, or an empty text.
    pub const fn description(&self) -> &'static str {
        self.about
    }

    /// Returns the sentences about its conditions: up to four, if several parts of a route cause the same answer.
    pub fn descriptions(&self) -> impl Iterator<Item = &'static str> + use<> {
        let all = std::iter::once(self.about).chain(self.other_causes);
        all.filter(|about| !about.is_empty())
    }

    /// Returns the names of its headers.
    pub fn header_names(&self) -> impl Iterator<Item = &'static str> + use<> {
        let outer = self.outer_headers.into_iter().flatten();
        self.headers.iter().chain(outer).copied()
    }

    fn add_cause(&mut self, about: &'static str) {
        if about.is_empty() || self.descriptions().any(|known| known == about) {
            return;
        }
        let others = self.other_causes.iter_mut();
        let mut slots = std::iter::once(&mut self.about).chain(others);
        if let Some(free) = slots.find(|slot| slot.is_empty()) {
            *free = about;
        }
    }

    fn add_outer_headers(&mut self, names: &'static [&'static str]) {
        let mut slots = self.outer_headers.iter_mut();
        if let Some(free) = slots.find(|slot| slot.is_empty()) {
            *free = names;
        }
    }

    /// Returns whether both have the same status and the same body.
    fn is_same(&self, other: &Self) -> bool {
        self.status == other.status
            && self.is_problem() == other.is_problem()
            && self.is_page == other.is_page
            && self.media_type() == other.media_type()
            && self.type_name() == other.type_name()
    }
}

impl Answers {
    /// It is never a response, or it passes on what others answer.
    pub const NONE: Self = Self(Tree::Nothing);

    /// It may be any response. This is what a type that states nothing is.
    pub const OPAQUE: Self = Self(Tree::Opaque);

    /// Returns a single answer.
    pub const fn one(answer: Answer) -> Self {
        Self(Tree::One(answer))
    }

    /// Returns several answers.
    pub const fn list(answers: &'static [Answer]) -> Self {
        Self(Tree::List(answers))
    }

    /// Returns the answers of something that is one of the two.
    pub const fn either(first: &'static Self, second: &'static Self) -> Self {
        Self(Tree::Either(first, second))
    }

    /// Returns the answers of something that is one of these.
    pub const fn any(all: &'static [&'static Self]) -> Self {
        Self(Tree::Any(all))
    }

    /// Returns the same answers, with this status in place of that of a success. Problems keep theirs.
    pub const fn with_status(status: u16, answers: &'static Self) -> Self {
        Self(Tree::Status(status, answers))
    }

    /// Returns the same answers, with a status that is a value in place of that of a success.
    pub const fn with_some_status(answers: &'static Self) -> Self {
        Self(Tree::SomeStatus(answers))
    }

    /// Returns the same answers, with these headers in each success. Their names are in lower case.
    pub const fn with_headers(names: &'static [&'static str], answers: &'static Self) -> Self {
        Self(Tree::Headers(names, answers))
    }

    /// Returns whether one of the answers is not known.
    pub const fn is_opaque(&self) -> bool {
        match self.0 {
            Tree::Nothing | Tree::One(_) | Tree::List(_) => false,
            Tree::Opaque | Tree::SomeStatus(_) => true,
            Tree::Either(first, second) => first.is_opaque() || second.is_opaque(),
            Tree::Any(all) => {
                let mut rest = all;
                while let [answers, others @ ..] = rest {
                    if answers.is_opaque() {
                        return true;
                    }
                    rest = others;
                }
                false
            }
            Tree::Status(_, answers) | Tree::Headers(_, answers) => answers.is_opaque(),
        }
    }

    /// Returns the answers that are known, without repetition, in the order of their statuses.
    pub fn known(&self) -> Vec<Answer> {
        let mut list = Vec::new();
        self.add_to(&mut list);
        merged(list)
    }

    pub(super) fn add_to(&self, list: &mut Vec<Answer>) {
        match self.0 {
            Tree::Nothing | Tree::Opaque => {}
            Tree::One(answer) => list.push(answer),
            Tree::List(answers) => list.extend(answers),
            Tree::Either(first, second) => {
                first.add_to(list);
                second.add_to(list);
            }
            Tree::Any(all) => all.iter().for_each(|answers| answers.add_to(list)),
            Tree::Status(status, answers) => {
                answers.changed(list, |answer| answer.status = status);
            }
            // The problems of the body keep their status.
            Tree::SomeStatus(answers) => {
                let problems = answers.known().into_iter();
                list.extend(problems.filter(Answer::is_problem));
            }
            Tree::Headers(names, answers) => {
                answers.changed(list, |answer| answer.add_outer_headers(names));
            }
        }
    }

    /// Adds the answers to a list, each success changed.
    fn changed(&self, list: &mut Vec<Answer>, change: impl Fn(&mut Answer)) {
        let mut own = Vec::new();
        self.add_to(&mut own);
        own.iter_mut()
            .filter(|answer| !answer.is_problem())
            .for_each(change);
        list.append(&mut own);
    }
}

/// Returns the answers in the order of their statuses, each once.
pub(super) fn merged(mut list: Vec<Answer>) -> Vec<Answer> {
    let mut out: Vec<Answer> = Vec::new();
    list.sort_by_key(|answer| answer.status);
    for answer in list {
        match out.iter_mut().find(|other| other.is_same(&answer)) {
            Some(first) => first.add_cause(answer.about),
            None => out.push(answer),
        }
    }
    out
}
