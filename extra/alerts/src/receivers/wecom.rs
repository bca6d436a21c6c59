//! Messages of a WeCom group robot.

use highball::{json, prelude::Value, serde_json};

use super::{
    text::cut,
    webhook::{Alert, Status, Webhook},
};

/// The address of the robots. The key of a robot is a secret.
pub(super) const ADDRESS: &str = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send";
/// The robot accepts as many messages in a minute.
pub(super) const PER_MINUTE: usize = 20;
/// The bytes of a message.
const MOST: usize = 4096;
/// The characters of a name, and of a text of an alert.
const NAME: usize = 100;
const TEXT: usize = 300;
/// Room for the lines about alerts that are left out.
const ROOM: usize = 200;

/// Returns the message of the first webhooks that fit, and their number.
pub(super) fn message(webhooks: &[&Webhook], left_out: usize) -> (usize, Value) {
    let mut text = String::new();
    let mut count = 0;
    for webhook in webhooks {
        let part = render(webhook);
        if count > 0 && text.len() + 2 + part.len() > MOST - ROOM {
            break;
        }
        if count > 0 {
            text.push_str("\n\n");
        }
        text.push_str(&part);
        count += 1;
    }
    if left_out > 0 {
        text.push_str(&format!(
            "\n\n{left_out} more messages were left out, since a robot accepts {PER_MINUTE} in a minute"
        ));
    }
    let message = json!({ "msgtype": "markdown", "markdown": { "content": text } });
    (count, message)
}

/// Returns a text of at most `MOST - ROOM` bytes. Alerts that fire are first.
fn render(webhook: &Webhook) -> String {
    let mut alerts: Vec<_> = webhook.alerts.iter().collect();
    alerts.sort_by_key(|alert| alert.status);
    let mut text = String::new();
    let mut left = alerts.len() + webhook.truncated_alerts;
    for alert in alerts {
        let part = render_alert(alert);
        // The last line needs room, too.
        if text.len() + 1 + part.len() > MOST - 2 * ROOM && !text.is_empty() {
            break;
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&part);
        left -= 1;
    }
    if left > 0 {
        text.push_str(&format!("\nand {left} more alerts"));
    }
    text
}

fn render_alert(alert: &Alert) -> String {
    let (colour, status, since) = match alert.status {
        Status::Firing => ("warning", "firing", "since"),
        Status::Resolved => ("info", "resolved", "at"),
    };
    let (level, name) = (alert.level().name(), plain(&alert.name(), NAME));
    let mut text = format!("**<font color=\"{colour}\">{level} {status}</font> {name}**");
    for annotation in ["summary", "description", "runbook"] {
        if let Some(line) = alert.annotation(annotation) {
            text.push_str("\n> ");
            text.push_str(&plain(line, TEXT));
        }
    }
    if let Some(url) = alert.annotation("runbook_url").and_then(link) {
        text.push_str(&format!("\n> [runbook]({url})"));
    }
    let time = plain(&alert.time(), NAME);
    text.push_str(&format!(
        "\n> <font color=\"comment\">{since} {time}</font>"
    ));
    text
}

/// Returns a text without markup. The markdown of robots has no escapes, so characters with a meaning become similar
/// ones. Without this, a label could mention all members of the group.
fn plain(text: &str, most: usize) -> String {
    let letters = cut(text, most);
    let letters = letters.chars().map(|letter| match letter {
        '<' => '＜',
        '>' => '＞',
        '[' => '［',
        ']' => '］',
        '*' => '＊',
        '`' => '\'',
        '#' => '＃',
        letter if letter.is_control() => ' ',
        letter => letter,
    });
    letters.collect()
}

/// Returns an address that can be in a link.
fn link(url: &str) -> Option<&str> {
    let is_http = url.starts_with("https://") || url.starts_with("http://");
    let is_safe = |letter: char| letter.is_ascii_graphic() && !"()<>[]\"`".contains(letter);
    (is_http && url.len() <= TEXT && url.chars().all(is_safe)).then_some(url)
}

/// The result of a message in the body of a response. WeCom responds to errors with the status 200, too.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Sent,
    /// The message can be repeated: now, or in a minute.
    Busy(String),
    TooMany(String),
    Refused(String),
}

pub(super) fn answer(body: &[u8]) -> Answer {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let Some(code) = body["errcode"].as_i64() else {
        return Answer::Busy("a response without an `errcode`".to_owned());
    };
    let message = cut(body["errmsg"].as_str().unwrap_or_default(), TEXT);
    let text = format!("errcode {code}: {message}");
    match code {
        0 => Answer::Sent,
        -1 => Answer::Busy(text),
        // The rate of a robot, and the rate of an address.
        45009 | 45033 => Answer::TooMany(text),
        _ => Answer::Refused(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn webhook(count: usize, summary: &str) -> Webhook {
        let alert = json!({
            "status": "firing",
            "labels": { "alertname": "slow", "route": "/<@all>[x](y)", "priority": "P1" },
            "annotations": { "summary": summary, "runbook_url": "https://runbooks.example/slow" },
            "startsAt": "2026-01-02T03:04:05.678Z",
        });
        let alerts = vec![alert; count];
        serde_json::from_value(json!({ "alerts": alerts, "truncatedAlerts": 2 })).unwrap()
    }

    fn content(message: &Value) -> &str {
        message["markdown"]["content"].as_str().unwrap()
    }

    #[test]
    fn messages_are_never_too_long() {
        for count in [1, 7, 500] {
            for summary in ["x".repeat(9000), "慢".repeat(9000), "a b ".repeat(2000)] {
                let group = webhook(count, &summary);
                let groups = vec![&group; 30];
                let (taken, message) = message(&groups, 100_000);
                assert!(taken >= 1 && content(&message).len() <= MOST, "{taken}");
                assert!(content(&message).contains("more alerts"));
            }
        }
        let group = webhook(1, "x");
        assert!(message(&[&group; 5], 0).0 == 5);
    }

    #[test]
    fn markup_of_labels_is_plain() {
        let (_, message) = message(&[&webhook(1, "*a* `b`")], 0);
        let text = content(&message);
        assert!(
            text.contains("slow /＜@all＞［x］(y)**") && text.contains("> ＊a＊ 'b'"),
            "{text}"
        );
        assert!(text.contains("\n> [runbook](https://runbooks.example/slow)\n"));
        assert_eq!(link("https://a.example/)[x](javascript:y)"), None);
        assert_eq!(link("javascript:alert"), None);
    }

    #[test]
    fn code_in_the_body_decides() {
        assert_eq!(answer(br#"{"errcode":0,"errmsg":"ok"}"#), Answer::Sent);
        assert!(matches!(
            answer(br#"{"errcode":45009}"#),
            Answer::TooMany(_)
        ));
        assert!(matches!(answer(br#"{"errcode":-1}"#), Answer::Busy(_)));
        assert!(matches!(answer(b"<html>"), Answer::Busy(_)));
        let refused = answer(br#"{"errcode":93000,"errmsg":"invalid webhook url"}"#);
        assert_eq!(
            refused,
            Answer::Refused("errcode 93000: invalid webhook url".to_owned())
        );
    }
}
