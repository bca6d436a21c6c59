//! The configuration of Alertmanager.

use super::level::PRIORITY;

/// The parts of a configuration.
#[derive(Debug)]
pub(super) struct Config<'r> {
    /// The address of the app for operators, as Alertmanager reaches it.
    pub(super) base: &'r str,
    pub(super) token_file: Option<&'r str>,
    /// The names of the channels.
    pub(super) page: &'r [&'static str],
    pub(super) ticket: &'r [&'static str],
    /// The path of the webhook that begins a recovery, and the file with its token.
    pub(super) recovery: Option<(&'r str, &'r str)>,
}

impl Config<'_> {
    pub(super) fn yaml(&self) -> String {
        let mut text = "# Generated from the receivers of the app. It has no secrets.\n\
             route:\n  receiver: P2\n  group_by: [alertname, method, route]\n  routes:\n"
            .to_owned();
        if self.recovery.is_some() {
            text.push_str(
                "  # The recovery receives every alert at once, and so do the people.\n  \
                 - receiver: recovery\n    group_wait: 0s\n    group_interval: 1m\n    repeat_interval: 5m\n    \
                 continue: true\n",
            );
        }
        // After a route with `continue`, the receiver of the root is not used, so P2 also has a route.
        text.push_str(&format!(
            "  # P1: a page, which is repeated until it is resolved or silenced.\n  \
             - receiver: P1\n    matchers: ['{PRIORITY}=\"P1\"']\n    group_wait: 10s\n    group_interval: 1m\n    \
             repeat_interval: 30m\n  \
             # P2: a ticket, as each alert without a level.\n  \
             - receiver: P2\n    group_wait: 1m\n    group_interval: 10m\n    repeat_interval: 12h\n\
             # A page of a route hides its tickets. Without a route, all alerts would have the same label, an empty one.\n\
             inhibit_rules:\n- source_matchers: ['{PRIORITY}=\"P1\"', 'route!=\"\"']\n  \
             target_matchers: ['{PRIORITY}=\"P2\"']\n  equal: [method, route]\n\
             receivers:\n"
        ));
        let paths = |channels: &[&str]| -> Vec<String> {
            let channels = channels.iter();
            channels
                .map(|channel| format!("/alerts/{channel}"))
                .collect()
        };
        self.receiver(&mut text, "P1", &paths(self.page), self.token_file);
        self.receiver(&mut text, "P2", &paths(self.ticket), self.token_file);
        if let Some((path, token_file)) = self.recovery {
            let paths = [path.to_owned()];
            self.receiver(&mut text, "recovery", &paths, Some(token_file));
        }
        text
    }

    fn receiver(&self, text: &mut String, name: &str, paths: &[String], token_file: Option<&str>) {
        text.push_str(&format!("- name: {name}\n"));
        if !paths.is_empty() {
            text.push_str("  webhook_configs:\n");
        }
        for path in paths {
            let url = quoted(&format!("{}{path}", self.base.trim_end_matches('/')));
            text.push_str(&format!(
                "  - url: {url}\n    send_resolved: true\n    max_alerts: 50\n"
            ));
            if let Some(file) = token_file {
                let file = quoted(file);
                text.push_str(&format!(
                    "    http_config:\n      authorization: {{ credentials_file: {file} }}\n"
                ));
            }
        }
    }
}

/// Returns a scalar in single quotes.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
