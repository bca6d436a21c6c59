//! Mistakes, and what the compiler says of each.

#[test]
fn each_mistake_has_its_message() {
    trybuild::TestCases::new().compile_fail("ui/*/*.rs");
}
