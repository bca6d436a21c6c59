//! Programs with a mistake, and the errors of the compiler. Each has a twin in `fixed` without the mistake.

#[test]
fn each_mistake_has_its_error() {
    let programs = trybuild::TestCases::new();
    programs.compile_fail("tests/ui/*.rs");
    programs.pass("tests/ui/fixed/*.rs");
    #[cfg(feature = "highball")]
    {
        programs.compile_fail("tests/routes_ui/*.rs");
        programs.pass("tests/routes_ui/fixed/*.rs");
    }
}
