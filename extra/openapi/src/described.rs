//! The operations of an app, before they are written into a document or a client.

use highball::Route;

use crate::{
    common::Common,
    doc_text::without_links,
    model::{Info, Server, Tag},
    schemas::Schemas,
};

/// The operations of an app.
pub(crate) struct Described {
    pub(crate) info: Info,
    pub(crate) servers: Vec<Server>,
    pub(crate) operations: Vec<DescribedOperation>,
    /// The schemas of the answers. Those of requests are added later.
    pub(crate) schemas: Schemas,
    pub(crate) common: Common,
}

/// A route with one of its methods.
pub(crate) struct DescribedOperation {
    pub(crate) route: &'static Route,
    /// In lower case.
    pub(crate) method: String,
    pub(crate) id: String,
}

/// Returns a route with each of its methods in lower case. A route for every method has those that have a body.
pub(crate) fn of_methods(route: &'static Route) -> Vec<(&'static Route, String)> {
    let mut methods: Vec<_> = route.methods().map(str::to_lowercase).collect();
    if methods.is_empty() {
        methods = ["get", "put", "post", "delete", "patch"]
            .map(str::to_owned)
            .to_vec();
    }
    methods.into_iter().map(|method| (route, method)).collect()
}

/// Returns the groups of the routes, in the order of the app.
pub(crate) fn tags(routes: impl Iterator<Item = &'static Route>) -> Vec<Tag> {
    let mut tags: Vec<Tag> = Vec::new();
    for (name, description) in routes.filter_map(|route| route.groups().last()) {
        if !tags.iter().any(|tag| tag.name == name) {
            tags.push(Tag {
                name: name.to_owned(),
                description: without_links(description),
            });
        }
    }
    tags
}
