//! Programs with a mistake, and the errors of the compiler. Each has a twin in `ui/fixed` without the mistake.

#[test]
fn each_mistake_has_its_error() {
    let programs = trybuild::TestCases::new();
    programs.compile_fail("tests/ui/*.rs");
    programs.pass("tests/ui/fixed/*.rs");
}
