//! Extractors: parameters of the path, queries, headers and bodies.

mod asynchronous;
mod bodies;
mod conditions;
mod extractors;
mod facts;
mod formats;
mod header_octets;
mod inputs;
mod multipart;
mod multipart_heads;
mod paging;
mod positional;
mod query_and_form;
mod safe_path;
mod scope;
mod state;
