//! Descriptions of routes: what they need of a request, and what they may answer.
//!
//! [`Route::inputs`](crate::Route::inputs) and [`Route::answers`](crate::Route::answers) return them, for documents and
//! clients. [`Route::chain`](crate::Route::chain) returns the parts of a route, for pages that show them. Your own
//! extractors and responses state theirs as constants, [`Inputs`] and [`Answers`]. A [`ConsumerInfo`] describes a
//! consumer of jobs, and [`Consumers`] has those of an app. [`Route::slo`](crate::Route::slo) returns the objectives of a
//! route.

pub use crate::routes::{
    AcceptOpaque, Answer, Answers, Consumer, ConsumerInfo, Consumers, CrossSiteCheck, InputInfo,
    InputKind, Inputs, Inside, Latency, Login, Payloads, RoutePart, RoutePartKind, RoutePayloads,
    Slo, Visit,
};
