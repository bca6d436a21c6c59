//! The routes of an app as a tree of groups.

use std::fmt::Write as _;

use highball::Route;

use super::table::methods;

/// Returns a line for each group and for each route, those in a group indented.
pub(super) fn tree(routes: &[Route]) -> String {
    let (mut text, mut open) = (String::new(), Vec::new());
    for route in routes {
        let groups: Vec<_> = route.groups().map(|(name, _)| name).collect();
        let same = open.iter().zip(&groups).take_while(|(a, b)| a == b).count();
        for (depth, group) in groups.iter().enumerate().skip(same) {
            line(&mut text, depth, group);
        }
        let methods = methods(route).join(" ");
        let (path, file, number) = (route.path(), route.file(), route.line());
        let words = format!("{methods} {path} ({file}:{number})");
        line(&mut text, groups.len(), &words);
        open = groups;
    }
    text
}

fn line(text: &mut String, depth: usize, words: &str) {
    // Writing to a `String` cannot fail.
    let _ = writeln!(text, "{}{words}", "  ".repeat(depth));
}
