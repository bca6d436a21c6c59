//! Descriptions of routes: what they need of a request, and what they may answer.
//!
//! [`Route::inputs`](crate::Route::inputs) and [`Route::answers`](crate::Route::answers) return them, for documents and
//! clients. Your own extractors and responses state theirs as constants, [`Inputs`] and [`Answers`].

pub use crate::routes::{
    AcceptOpaque, Answer, Answers, InputInfo, InputKind, Inputs, Login, Payloads, RoutePayloads,
    Visit,
};
