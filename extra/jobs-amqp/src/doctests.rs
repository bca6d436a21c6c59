//! Compiles the code of the page about jobs, whose section about RabbitMQ needs this package.

#[doc = include_str!("../../../docs/how-to/jobs.md")]
struct Jobs;
