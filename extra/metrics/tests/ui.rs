//! Programs with a mistake, and the errors of the compiler. Each has a twin in `fixed` without the mistake.
//!
//! The twins are modules of this test. With `TestCases::pass`, the dependencies would be compiled once more.

#![allow(
    clippy::all,
    clippy::nursery,
    clippy::pedantic,
    clippy::restriction,
    dead_code,
    unreachable_pub
)]

#[test]
fn each_mistake_has_its_error() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}

#[path = "ui/fixed"]
mod twins {
    #[path = "bool-alone.rs"]
    mod bool_alone;
    #[path = "bounds.rs"]
    mod bounds;
    #[path = "call.rs"]
    mod call;
    #[path = "labels-in-labels.rs"]
    mod labels_in_labels;
    #[path = "no-exporter.rs"]
    mod no_exporter;
    #[path = "no-help.rs"]
    mod no_help;
    #[path = "no-metric.rs"]
    mod no_metric;
    #[path = "no-unit.rs"]
    mod no_unit;
    #[path = "series.rs"]
    mod series;
    #[path = "text-as-label.rs"]
    mod text_as_label;
    #[path = "texts.rs"]
    mod texts;
    #[path = "unit-name.rs"]
    mod unit_name;
    #[path = "values.rs"]
    mod values;

    #[test]
    fn twins_run() {
        bool_alone::main();
        bounds::main();
        call::main();
        labels_in_labels::main();
        no_exporter::main();
        no_help::main();
        no_metric::main();
        no_unit::main();
        series::main();
        text_as_label::main();
        texts::main();
        unit_name::main();
        values::main();
    }
}
