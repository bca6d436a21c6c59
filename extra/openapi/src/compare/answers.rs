//! Compares answers: their statuses, headers and bodies.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    content::{ANY, content},
    document::Document,
    operations::{Comparison, flag},
    rules::{self, Rule},
    walk::Side,
};

/// Statuses that a client gets only if it requests them, with `Upgrade`, `Range`, `If-None-Match` or the like.
const ON_REQUEST: [&str; 3] = ["101", "206", "304"];

impl<'d> Comparison<'d> {
    pub(super) fn compare_answers(&mut self, old: Option<&'d Value>, new: Option<&'d Value>) {
        let (old, new) = (answers(self.old, old), answers(self.new, new));
        for (status, answer) in &old {
            if let Some(other) = find(&new, status) {
                self.compare_answer(status, answer, other);
            } else if !has_part(&new, status) {
                self.add(
                    removed(status),
                    status,
                    &format!("the status {status} is removed"),
                );
            }
        }
        for (status, answer) in &new {
            if old.contains_key(status) {
                continue;
            }
            match find(&old, status) {
                Some(other) => self.compare_answer(status, other, answer),
                None => self.add(
                    added(status),
                    status,
                    &format!("the status {status} is new"),
                ),
            }
        }
    }

    fn compare_answer(&mut self, status: &str, old: &'d Value, new: &'d Value) {
        self.compare_headers(status, &headers(old), &headers(new));
        self.compare_content(Side::Answer, status, &content(old), &content(new));
    }

    fn compare_headers(&mut self, status: &str, old: &Headers<'d>, new: &Headers<'d>) {
        for (name, header) in old {
            let place = format!("{status}, header {name}");
            match new.get(name) {
                Some(other) => self.compare_header(&place, header, other),
                None => self.add(
                    &rules::ANSWER_HEADER_REMOVED,
                    &place,
                    "the header is removed",
                ),
            }
        }
        for name in new.keys().filter(|name| !old.contains_key(*name)) {
            let place = format!("{status}, header {name}");
            self.add(&rules::ANSWER_HEADER_ADDED, &place, "the header is new");
        }
    }

    fn compare_header(&mut self, place: &str, old: &'d Value, new: &'d Value) {
        let (old, new) = (self.old.resolve(old), self.new.resolve(new));
        let is_required = (flag(old, "required"), flag(new, "required"));
        if is_required == (false, true) {
            self.add(
                &rules::ANSWER_HEADER_REQUIRED,
                place,
                "the header is in each answer",
            );
        } else if is_required == (true, false) {
            let fact = "the header is no longer in each answer";
            self.add(&rules::ANSWER_HEADER_OPTIONAL, place, fact);
        }
        let schema = |header: &'d Value| header.get("schema").unwrap_or(ANY);
        let mut walker = self.walker(Side::Answer, true);
        let found = walker.compare(schema(old), schema(new));
        self.report.add_differences(Side::Answer, place, found);
    }
}

/// The headers of an answer by their name in lowercase.
type Headers<'d> = BTreeMap<String, &'d Value>;

fn headers(answer: &Value) -> Headers<'_> {
    let headers = answer.get("headers").and_then(Value::as_object);
    let headers = headers.into_iter().flatten();
    let headers = headers.map(|(name, header)| (name.to_ascii_lowercase(), header));
    // OpenAPI ignores it here, since `content` has it.
    headers.filter(|(name, _)| name != "content-type").collect()
}

/// Answers by their status: a number, a range such as `2XX`, or `default`.
type Answers<'d> = BTreeMap<&'d str, &'d Value>;

fn answers<'d>(document: Document<'d>, answers: Option<&'d Value>) -> Answers<'d> {
    let answers = answers.and_then(Value::as_object).into_iter().flatten();
    answers
        .map(|(status, answer)| (status.as_str(), document.resolve(answer)))
        .collect()
}

/// Returns the answer for a status, or for a range that contains it. `default` is an error, and contains no success.
fn find<'d>(answers: &Answers<'d>, status: &str) -> Option<&'d Value> {
    let range = status.get(..1).map(|class| format!("{class}XX"));
    let found = answers.get(status).or_else(|| answers.get(range?.as_str()));
    found
        .or_else(|| answers.get("default").filter(|_| !is_success(status)))
        .copied()
}

/// Returns whether a range is replaced by statuses in it.
fn has_part(answers: &Answers<'_>, range: &str) -> bool {
    let class = range.strip_suffix("XX");
    class.is_some_and(|class| answers.keys().any(|status| status.starts_with(class)))
}

fn is_success(status: &str) -> bool {
    status.starts_with(['1', '2', '3']) && !ON_REQUEST.contains(&status)
}

fn added(status: &str) -> &'static Rule {
    match is_success(status) {
        true => &rules::SUCCESS_STATUS_ADDED,
        false => &rules::STATUS_ADDED,
    }
}

fn removed(status: &str) -> &'static Rule {
    match is_success(status) {
        true => &rules::SUCCESS_STATUS_REMOVED,
        false => &rules::STATUS_REMOVED,
    }
}
