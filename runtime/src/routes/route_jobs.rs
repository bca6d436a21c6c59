//! The jobs of a route.

use crate::routes::{
    consumer::{job_names, once_each},
    fact::Fact,
    facts::Facts,
    info::Route,
};

impl Route {
    /// Returns the names of the jobs that the handler and the parts around it publish, each once.
    ///
    /// With [`Consumers`](crate::describe::Consumers) they are a map of an app: from a route to a job, to its
    /// consumer.
    ///
    /// # Examples
    /// ```
    /// use highball::prelude::*;
    ///
    /// struct Emails;
    ///
    /// impl<'r> Extract<'r> for Emails {
    ///     type State = ();
    ///     const FACTS: Facts = Facts::WRITES
    ///         .and(Facts::PUBLISHES)
    ///         .and(Facts::named(&[Fact::new("job", "email")]));
    ///
    ///     fn extract(_: Input<'r>) -> Result<Self, Rejection> {
    ///         Ok(Emails)
    ///     }
    /// }
    ///
    /// #[post("/orders")]
    /// async fn create(emails: Emails) {}
    ///
    /// #[routes(app, jobs(elsewhere("email")))]
    /// struct Api(create);
    ///
    /// # fn main() {
    /// assert!(Api::ROUTES[0].jobs().eq(["email"]));
    /// # }
    /// ```
    pub fn jobs(&self) -> impl Iterator<Item = &'static str> {
        let around = self.all_parts().flat_map(|part| {
            let arguments = part.arguments.iter().map(|argument| argument.facts);
            let publishes = part.facts.may(Facts::PUBLISHES);
            let stated = if publishes { part.stated } else { &[] };
            let stated = stated.iter().filter(|fact| fact.is_job()).map(Fact::name);
            job_names(arguments.chain([part.facts])).chain(stated)
        });
        let own = job_names(self.argument_facts().iter().map(|argument| argument.facts));
        once_each(around.chain(own))
    }

    /// Returns the reason of `dual_write = accepted(..)`, in the attribute of the route or of a group around it.
    ///
    /// # Examples
    /// ```
    /// use highball::prelude::*;
    ///
    /// #[post("/orders", dual_write = accepted("a lost mail is sent again by hand"))]
    /// async fn create() {}
    ///
    /// #[routes(app)]
    /// struct Api(create);
    ///
    /// # fn main() {
    /// let reason = Api::ROUTES[0].accepted_dual_write();
    /// assert_eq!(reason, Some("a lost mail is sent again by hand"));
    /// # }
    /// ```
    pub const fn accepted_dual_write(&self) -> Option<&'static str> {
        self.options.dual_write
    }
}
