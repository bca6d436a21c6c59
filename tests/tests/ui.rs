//! Programs with a mistake, and the errors of the compiler.

#[test]
fn each_mistake_has_its_error() {
    trybuild::TestCases::new().compile_fail("ui/*/*.rs");
}
