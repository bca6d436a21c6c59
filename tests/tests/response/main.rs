//! Responses: the values that handlers return, and the headers and bodies that are sent for them.

mod answers;
mod bodies;
mod facts;
mod headers;
mod return_values;
