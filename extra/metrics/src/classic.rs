//! The classic text of Prometheus, from that of OpenMetrics.

/// Returns an exposition of OpenMetrics in the older format.
///
/// The lines of samples are the same. A counter has its suffix in its head, too, the help has fewer escapes, and there
/// are no units and no end.
pub(crate) fn from_open_metrics(text: &str) -> String {
    let mut classic = String::with_capacity(text.len());
    let mut lines = text.split_inclusive('\n');
    while let Some(line) = lines.next() {
        let Some(head) = line.strip_prefix("# HELP ") else {
            if !line.starts_with("# UNIT ") && !line.starts_with("# EOF") {
                classic.push_str(line);
            }
            continue;
        };
        // The type is in the line after the help.
        let kind = lines.next().unwrap_or_default();
        let suffix = match kind.trim_end().ends_with(" counter") {
            true => "_total",
            false => "",
        };
        let (name, help) = head.split_once(' ').unwrap_or((head.trim_end(), "\n"));
        classic.push_str("# HELP ");
        classic.push_str(name);
        classic.push_str(suffix);
        classic.push(' ');
        push_help(&mut classic, help);
        let kind = kind.rsplit_once(' ').map_or("untyped\n", |(_, kind)| kind);
        classic.push_str("# TYPE ");
        classic.push_str(name);
        classic.push_str(suffix);
        classic.push(' ');
        classic.push_str(kind);
    }
    classic
}

/// Appends a help in which quotes are not escaped.
fn push_help(classic: &mut String, help: &str) {
    let mut letters = help.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            classic.push(letter);
            continue;
        }
        match letters.next() {
            Some('"') => classic.push('"'),
            Some(other) => classic.extend(['\\', other]),
            None => classic.push('\\'),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_change_and_samples_stay() {
        let open = concat!(
            "# HELP a_seconds Times \\\"of\\\" a\\\\b\\n.\n# TYPE a_seconds counter\n# UNIT a_seconds seconds\n",
            "a_seconds_total{x=\"\\\"\"} 1\n",
            "# HELP b B\n# TYPE b gauge\nb 2\n# EOF\n",
        );
        let classic = concat!(
            "# HELP a_seconds_total Times \"of\" a\\\\b\\n.\n# TYPE a_seconds_total counter\n",
            "a_seconds_total{x=\"\\\"\"} 1\n",
            "# HELP b B\n# TYPE b gauge\nb 2\n",
        );
        assert_eq!(from_open_metrics(open), classic);
    }
}
