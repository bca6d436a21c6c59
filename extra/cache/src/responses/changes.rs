//! The option of routes `invalidates(..)`.

use std::{
    mem,
    sync::{Arc, Mutex},
    time::Duration,
};

use highball::{
    describe::{Answers, Inputs},
    extract::{FactList, Facts},
    prelude::*,
};
use tokio::{runtime::Handle, time::sleep};

use super::{
    ResponseCache,
    names::{Names, fill},
    plan::params,
};
use crate::{Tag, Tags, sync::lock};

/// An option of routes that invalidates stored responses, such as `invalidates(tags = ["product:{id}"])`.
///
/// The responses and the values with these tags are invalidated before the response is sent, and after the transaction
/// of the handler has been committed. A request that the same client sends then does not get an older response.
/// A rejection, from 400 to 499, invalidates nothing. A failure with 500 or more does, because something may have been
/// changed, and so does a timeout around the route that drops the handler: then the tags are invalidated at once and
/// again after 5 seconds, when a commit that was under way has ended. The handler runs to its end if the client
/// disconnects.
///
/// A handler whose tags do not follow from the path adds them to [`Changes`]. On a group, GET and HEAD invalidate
/// nothing.
///
/// The app does not compile if no cached route has a tag of this name. Tags of functions with
/// [`#[cache]`](macro@crate::cache) are written as `unchecked = ["prices"]`.
///
/// # Examples
/// ```
/// use highball::prelude::*;
/// use highball_cache::responses::{ResponseCache, cached, invalidates};
///
/// #[get("/products", cached(ttl = mins(1), tags = ["products"]))]
/// async fn list() -> &'static str {
///     "tea, milk"
/// }
///
/// #[post("/products", invalidates(tags = ["products"]))]
/// async fn add() {}
///
/// #[routes(app)]
/// struct Api(list, add);
/// ```
#[allow(non_camel_case_types)]
#[derive(Debug, Clone, Copy)]
pub struct invalidates {
    tags: Names,
    unchecked: Names,
}

/// The tags that a handler with [`invalidates`] adds to those of the option.
///
/// Use it if a tag does not follow from the path. They are invalidated together, after the commit.
///
/// # Examples
/// ```
/// use highball::prelude::*;
/// use highball_cache::{Tag, responses::{Changes, cached, invalidates}};
///
/// #[get("/products/{id}", cached(ttl = mins(1), tags = ["product:{id}"]))]
/// async fn product(id: u64) -> String {
///     format!("product {id}")
/// }
///
/// #[post("/orders", invalidates())]
/// async fn order(product: Json<u64>, changes: Local<'_, Changes>) {
///     // The stock of the product has changed.
///     changes.add(Tag::new("product", *product));
/// }
///
/// #[routes(app)]
/// struct Api(product, order);
/// ```
#[derive(Debug, Clone, Default, Local)]
#[local(provided_by = "highball_cache::responses::invalidates")]
pub struct Changes(Arc<Mutex<Vec<Tag>>>);

impl Changes {
    /// Adds a tag.
    ///
    /// # Examples
    /// ```
    /// use highball_cache::{Tag, responses::Changes};
    ///
    /// let changes = Changes::default();
    /// changes.add("products");
    /// changes.add(Tag::new("product", 17));
    /// ```
    pub fn add(&self, tag: impl Into<Tag>) {
        let tag = tag.into();
        lock(&self.0).push(tag);
    }
}

impl invalidates {
    /// Returns the option without tags. The macro calls the other methods.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            tags: Names::NONE,
            unchecked: Names::NONE,
        }
    }

    /// Sets the tags of cached routes, at most four, with parameters of the path: `product:{id}`.
    #[must_use]
    pub const fn tags<const N: usize>(mut self, tags: [&'static str; N]) -> Self {
        self.tags = Names::of(tags);
        self
    }

    /// Sets tags that no route has, such as those of functions.
    #[must_use]
    pub const fn unchecked<const N: usize>(mut self, tags: [&'static str; N]) -> Self {
        self.unchecked = Names::of(tags);
        self
    }

    const fn facts(&self) -> FactList {
        let facts = self.tags.add_tags(FactList::NONE, true);
        self.unchecked.add_params(facts)
    }
}

impl Default for invalidates {
    fn default() -> Self {
        Self::new()
    }
}

#[highball::middleware(
    facts = Facts::FINISHES,
    value_facts = Self::facts,
    inputs = Inputs::NONE,
    answers = Answers::NONE
)]
impl invalidates {
    async fn run(
        &self,
        responses: State<ResponseCache>,
        cx: &mut Context<'_>,
        next: impl Next<Changes>,
    ) -> Response {
        let changes = Changes::default();
        if matches!(*cx.method(), Method::GET | Method::HEAD) {
            return next.with(changes).run(cx).await;
        }
        let tags = self.tags.as_slice().iter().chain(self.unchecked.as_slice());
        let params = cx.route().map(params).unwrap_or_default();
        tags.for_each(|tag| changes.add(fill(tag, &params, cx)));
        let mut pending = Pending {
            tags: responses.tags(),
            changes: changes.clone(),
            is_answered: false,
        };
        let response = next.with(changes).run(cx).await;
        pending.is_answered = true;
        if response.status().is_client_error() {
            lock(&pending.changes.0).clear();
        }
        drop(pending);
        response
    }
}

/// How long a commit may take that began before its handler was dropped.
const SETTLED: Duration = Duration::from_secs(5);

fn invalidate(tags: &Tags, changes: Vec<Tag>) {
    for tag in changes {
        tags.invalidate(tag);
    }
}

/// Changes that are invalidated when this is dropped.
///
/// A handler that is dropped by a timeout may have begun a commit, so they are then invalidated a second time.
struct Pending<'a> {
    tags: &'a Tags,
    changes: Changes,
    is_answered: bool,
}

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        let changes = mem::take(&mut *lock(&self.changes.0));
        if changes.is_empty() {
            return;
        }
        if !self.is_answered
            && let Ok(runtime) = Handle::try_current()
        {
            let (tags, changes) = (self.tags.clone(), changes.clone());
            runtime.spawn(async move {
                sleep(SETTLED).await;
                invalidate(&tags, changes);
            });
        }
        invalidate(self.tags, changes);
    }
}
