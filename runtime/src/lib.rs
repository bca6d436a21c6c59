//! Highball: a web framework whose routes, middleware and mistakes are known to the compiler.

mod route;
