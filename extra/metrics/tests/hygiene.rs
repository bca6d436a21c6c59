//! Generated code next to names and lints that could change its meaning.

#![deny(warnings, clippy::pedantic, clippy::nursery)]
#![allow(non_camel_case_types, dead_code, clippy::redundant_pub_crate)]

/// Types with the names of those that generated code uses.
mod shadowed {
    pub(crate) struct Option;
    pub(crate) struct Some;
    pub(crate) struct None;
    pub(crate) struct Self_;
    pub(crate) struct usize;
    pub(crate) struct str;
    pub(crate) struct Probe;
    pub(crate) struct Families;
    pub(crate) struct Factor;
    pub(crate) trait Labels {}
    pub(crate) trait Metrics {}
    pub(crate) mod core {}
    pub(crate) mod std {}
    pub(crate) mod highball_metrics {}
}

mod app {
    #[allow(unused_imports)]
    use super::shadowed::*;

    #[derive(Clone, Copy, ::highball_metrics::Labels)]
    pub(super) enum Channel {
        Web,
        r#Self_,
    }

    #[derive(::highball_metrics::Labels)]
    pub(super) struct Sold {
        pub(super) index: Channel,
        pub(super) r#type: bool,
    }

    #[derive(::highball_metrics::Metrics)]
    pub(super) struct Sales {
        /// Orders that were paid.
        pub(super) r#type: ::highball_metrics::Counter<Sold>,
        #[doc = "Times"]
        #[doc = "of orders."]
        #[buckets(1, 2.5, 1e3)]
        pub(super) __families: ::highball_metrics::Histogram<(), ::highball_metrics::Seconds>,
        /** Carts
        that are open. */
        #[cfg(any())]
        left_out: Missing,
        /** Carts
        that are open. */
        #[cfg(not(any()))]
        pub(super) carts: ::highball_metrics::Gauge,
    }

    /// An app may have metrics in a function.
    pub(super) fn local() {
        #[derive(::highball_metrics::Metrics)]
        struct Local {
            /// Visits.
            visits: ::highball_metrics::Counter<Channel>,
        }
        let local: Local = ::highball_metrics::Exporter::new().add();
        local.visits.inc(Channel::Web);
    }
}

#[test]
fn generated_code_uses_its_own_names() {
    let sales: app::Sales = highball_metrics::Exporter::new().add();
    let sold = || app::Sold {
        index: app::Channel::Self_,
        r#type: true,
    };
    sales.r#type.inc(sold());
    sales.__families.observe(3);
    sales.carts.set(1);
    assert!((sales.r#type.get(sold()) - 1.0).abs() < f64::EPSILON);
    app::local();
}
