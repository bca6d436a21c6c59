//! The README and the page about documents: their code is compiled and run as documentation tests.

#[doc = include_str!("../README.md")]
struct Readme;

#[doc = include_str!("../../../docs/how-to/openapi.md")]
struct DescribeAnApi;
