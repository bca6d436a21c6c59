//! `gitlab_scale.json`: an app of 1,285 templates. A request for each template finds it.

use highball_vectors::report;

include!(concat!(env!("OUT_DIR"), "/scale.rs"));

#[test]
fn every_template_matches_its_path() {
    let paths: Vec<String> = TEMPLATES.iter().map(|template| path_of(template)).collect();
    let requests: Vec<_> = paths.iter().map(|path| ("GET", &**path)).collect();
    for (template, answer) in TEMPLATES.iter().zip(scale::ask(&requests)) {
        let (found, params) = answer
            .route
            .unwrap_or_else(|| panic!("{template} is missing"));
        assert_eq!(found, *template);
        for (name, value) in params {
            assert!(
                value.starts_with(&format!("a-{name}-of-ours")),
                "{template}: {name}: {value}"
            );
        }
    }
    report("scale", &[("templates find themselves", TEMPLATES.len())]);
}

/// Returns a path with a value for each parameter, and two segments for a catch-all.
fn path_of(template: &str) -> String {
    let segments = template.split('/').map(|segment| {
        let inside = segment
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'));
        match inside.map(|name| (name, name.strip_prefix('*'))) {
            None => segment.to_owned(),
            Some((_, Some(name))) => format!("a-{name}-of-ours/and-more"),
            Some((name, None)) => format!("a-{name}-of-ours"),
        }
    });
    segments.collect::<Vec<_>>().join("/")
}
