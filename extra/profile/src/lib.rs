#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod by_route;
mod cmdline;
mod cpu;
#[cfg(doctest)]
mod doctests;
mod encode;
mod heap;
mod index;
mod page;
mod profiler;
mod profiles;
mod proof;
mod proto;
mod query;
mod sampler;
mod symbols;
mod turn;

pub use profiler::Profiler;
pub use profiles::Profiles;
/// An allocator that records allocations for the profile of the heap. An app makes it its global allocator.
///
/// It records them if the program starts with `_RJEM_MALLOC_CONF=prof:true,lg_prof_sample:19`: one in 512 KiB on
/// average.
///
/// # Examples
/// ```
/// #[global_allocator]
/// static ALLOCATOR: highball_profile::Jemalloc = highball_profile::Jemalloc;
/// # fn main() {}
/// ```
#[cfg(all(feature = "heap", target_os = "linux"))]
#[cfg_attr(docsrs, doc(cfg(feature = "heap")))]
pub use tikv_jemallocator::Jemalloc;
