//! A route as HTML: its options, its chain, its inputs and its answers.

use std::fmt::Write as _;

use highball::{
    Priority, Route,
    describe::{Answer, CrossSiteCheck, InputInfo, InputKind, Login, RoutePart, RoutePartKind},
    extract::Facts,
};

use crate::html::{UNKNOWN, code, codes, count, doc, escape, last_name, or_none, place, short};

/// Writes a route. `level` is that of the headings in it.
pub(crate) fn write_route(html: &mut String, idx: usize, route: &'static Route, level: usize) {
    let chain = route.chain();
    let unknown = route.unknown_answers();
    // Writing to a `String` cannot fail.
    let _ = write!(
        html,
        "<details class=\"route\" id=\"route-{idx}\" data-words=\"{words}\">\n\
         <summary><span class=\"line\">{methods} <code class=\"path\">{path}</code></span> \
         <span class=\"name\">{handler}</span>{marks}</summary>\n<div class=\"body\">\n",
        words = escape(&words(route, &chain)),
        methods = methods(route),
        path = escape(route.path()),
        handler = escape(last_name(route.handler())),
        marks = marks(route, &chain, !unknown.is_empty()),
    );
    if !route.doc().is_empty() {
        html.push_str(&doc(route.doc()));
    }
    html.push_str("<dl>\n");
    for (name, value) in options(route) {
        let _ = writeln!(html, "<div><dt>{name}</dt><dd>{value}</dd></div>");
    }
    let _ = write!(
        html,
        "</dl>\n<h{level}>Chain, outermost first</h{level}>\n<ol class=\"chain\">\n"
    );
    for part in &chain {
        write_part(html, part);
    }
    html.push_str("</ol>\n");
    write_inputs(html, &route.inputs(), level);
    write_answers(html, &route.answers(), &unknown, level);
    html.push_str("</div>\n</details>\n");
}

/// Returns the texts that the filter searches, in lower case.
fn words(route: &Route, chain: &[RoutePart]) -> String {
    let mut words: Vec<_> = route.methods().collect();
    words.extend([route.path(), route.file()]);
    words.extend(route.groups().map(|(name, _)| name));
    for part in chain {
        words.push(part.name);
        words.extend(part.needs.iter().chain(&part.provides));
    }
    words.join(" ").to_lowercase()
}

fn methods(route: &Route) -> String {
    let mut names: Vec<_> = route.methods().collect();
    if names.is_empty() {
        names.push("ANY");
    }
    let badges = names.iter().map(|name| {
        let class = match *name {
            "GET" | "HEAD" | "OPTIONS" | "QUERY" => "safe",
            "DELETE" => "delete",
            _ => "unsafe",
        };
        format!("<b class=\"method {class}\">{}</b>", escape(name))
    });
    badges.collect::<Vec<_>>().join(" ")
}

/// Returns what a closed route shows: options that are not the default, and whether something is unknown.
fn marks(route: &Route, chain: &[RoutePart], has_unknown_answers: bool) -> String {
    let mut marks = Vec::new();
    match route.priority() {
        Priority::Critical => marks.push("critical"),
        Priority::Background => marks.push("background"),
        Priority::Normal => {}
    }
    if route.is_public() {
        marks.push("public");
    }
    if route.deprecated().is_some() {
        marks.push("deprecated");
    }
    match route.cross_site_check() {
        CrossSiteCheck::Off(_) => marks.push("csrf off"),
        CrossSiteCheck::Unknown => marks.push("csrf unknown"),
        _ => {}
    }
    let mut html: String = marks
        .iter()
        .map(|mark| format!(" <span class=\"mark\">{mark}</span>"))
        .collect();
    if has_unknown_answers || chain.iter().any(|part| part.facts.is_opaque()) {
        html.push_str(" <span class=\"unknown\">partly unknown</span>");
    }
    html
}

/// Returns the rows about the route itself.
fn options(route: &Route) -> Vec<(&'static str, String)> {
    let arguments = route.arguments().map(|argument| {
        let name = if argument.name.is_empty() {
            "_"
        } else {
            argument.name
        };
        code(&format!("{name}: {}", argument.ty))
    });
    let arguments: Vec<_> = arguments.collect();
    let priority = match route.priority() {
        Priority::Critical => "critical",
        Priority::Normal => "normal",
        Priority::Background => "background",
    };
    let csrf = match route.cross_site_check() {
        CrossSiteCheck::Guarded => "a guard rejects requests from pages of other sites".to_owned(),
        CrossSiteCheck::NotNeeded => {
            "not needed: the methods are safe, or no credentials come from a browser by themselves"
                .to_owned()
        }
        CrossSiteCheck::Off(reason) => format!("off: {}", escape(reason)),
        _ => format!("{UNKNOWN}: the route may read cookies, and has no guard"),
    };
    let mut rows = vec![
        ("Handler", code(route.handler())),
        ("Source", place(route.file(), route.line())),
        ("Arguments", or_none(arguments.join(", "))),
        ("Returns", code(route.returns())),
        ("Priority", priority.to_owned()),
        (
            "Login",
            match route.is_public() {
                true => "public: exempt from every(..) of the groups around it",
                false => "as the guards in the chain require",
            }
            .to_owned(),
        ),
        ("CSRF", csrf),
        (
            "Client disconnects",
            match route.finishes() {
                true => "the handler runs to its end",
                false => "the handler is stopped",
            }
            .to_owned(),
        ),
        ("Limits", limits(route)),
    ];
    if let Some(note) = route.deprecated() {
        rows.push(("Deprecated", escape(note)));
    }
    rows
}

/// Returns the parts of the framework that limit a request. Their numbers are values, not part of a description.
fn limits(route: &Route) -> String {
    const LIMITS: [&str; 3] = ["Timeout", "body_limit", "concurrency"];
    let parts = route.guards().chain(route.middleware());
    let found = parts.filter(|name| {
        let is_ours = name.starts_with("highball::middleware::");
        is_ours && LIMITS.contains(&last_name(name))
    });
    let found: Vec<_> = found.map(|name| code(last_name(name))).collect();
    match found.is_empty() {
        true => "those of the server".to_owned(),
        false => format!("{} in the chain, and those of the server", found.join(", ")),
    }
}

fn write_part(html: &mut String, part: &RoutePart) {
    let kind = match part.kind {
        RoutePartKind::Guard => "guard",
        RoutePartKind::Middleware => "middleware",
        RoutePartKind::Observer => "observer",
        RoutePartKind::Layer => "layer",
        RoutePartKind::Handler => "handler",
        _ => "part",
    };
    let name = match part.kind {
        RoutePartKind::Layer => part.name,
        _ => last_name(part.name),
    };
    let mut notes = Vec::new();
    if !part.group.is_empty() {
        notes.push(format!("by {}", code(part.group)));
    }
    if part.is_conditional {
        notes.push("in <code>when(..)</code>, so it may not run".to_owned());
    }
    if part.is_parallel {
        notes.push("concurrent with the part before it".to_owned());
    }
    if !part.file.is_empty() {
        notes.push(place(part.file, part.line));
    }
    let _ = write!(
        html,
        "<li><p><span class=\"kind {kind}\">{kind}</span> <code title=\"{full}\">{name}</code> \
         <span class=\"note\">{notes}</span></p>\n<dl>\n",
        full = escape(part.name),
        name = escape(name),
        notes = notes.join(", "),
    );
    let rows = [
        ("Needs", codes(&part.needs)),
        ("Provides", codes(&part.provides)),
        ("Reads and does", reads(part)),
        ("May answer", part_answers(part)),
    ];
    let is_empty = rows.iter().all(|(_, value)| value.is_empty());
    for (name, value) in rows.iter().filter(|(_, value)| !value.is_empty()) {
        let _ = writeln!(html, "<div><dt>{name}</dt><dd>{value}</dd></div>");
    }
    if is_empty {
        html.push_str("<div><dt>Reads and does</dt><dd>nothing of the request</dd></div>\n");
    }
    html.push_str("</dl></li>\n");
}

/// Returns the facts of a part. Named headers replace the word for headers.
fn reads(part: &RoutePart) -> String {
    let mut texts: Vec<String> = Vec::new();
    let named = &part.named_facts;
    for word in part.facts.words().filter(|word| *word != "opaque") {
        if word != "header" || !named.iter().any(|fact| fact.kind() == "header") {
            texts.push(escape(word));
        }
    }
    for fact in named {
        let text = format!("{} {}", escape(fact.kind()), code(fact.name()));
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    if part.facts.may(Facts::OPAQUE) {
        texts.push(format!("{UNKNOWN}, maybe everything"));
    }
    texts.join(", ")
}

fn part_answers(part: &RoutePart) -> String {
    let mut texts: Vec<_> = part
        .answers
        .iter()
        .map(|answer| {
            format!(
                "<span title=\"{}\">{}</span>",
                about(answer),
                answer.status()
            )
        })
        .collect();
    if part.has_unknown_answers {
        texts.push(UNKNOWN.to_owned());
    }
    texts.join(", ")
}

fn write_inputs(html: &mut String, inputs: &[InputInfo], level: usize) {
    let _ = write!(
        html,
        "<h{level}>Inputs</h{level}>\n{}",
        match inputs.is_empty() {
            true => "<p>The route needs nothing of the request that is stated.</p>\n",
            false =>
                "<table>\n<thead><tr><th scope=\"col\">Part of the request</th>\
                      <th scope=\"col\">Name or type</th><th scope=\"col\">Required</th></tr></thead>\n<tbody>\n",
        }
    );
    for input in inputs {
        let (part, name) = input_text(&input.kind);
        let required = if input.is_required { "yes" } else { "no" };
        let _ = writeln!(
            html,
            "<tr><td>{part}</td><td>{name}</td><td>{required}</td></tr>"
        );
    }
    if !inputs.is_empty() {
        html.push_str("</tbody>\n</table>\n");
    }
}

fn input_text(kind: &InputKind) -> (&'static str, String) {
    match kind {
        InputKind::Param { name, ty } => ("path", code(&format!("{name}: {}", short(ty())))),
        InputKind::Query { ty, .. } => ("query", code(&short(ty()))),
        InputKind::Header(name) => ("header", code(name)),
        InputKind::Cookie(name) => ("cookie", code(name)),
        InputKind::Body { media_type, ty } => {
            let ty = ty.map(|ty| code(&short(ty()))).unwrap_or_default();
            ("body", format!("{} {ty}", escape(media_type)))
        }
        InputKind::Login(login) => (
            "login",
            match login {
                Login::Basic => "basic".to_owned(),
                Login::Bearer { format } => format!("bearer {}", escape(format)),
                Login::Header(name) => format!("header {}", code(name)),
                Login::Cookie(name) => format!("cookie {}", code(name)),
                _ => UNKNOWN.to_owned(),
            },
        ),
        _ => ("other", UNKNOWN.to_owned()),
    }
}

fn write_answers(html: &mut String, answers: &[Answer], unknown: &[&str], level: usize) {
    let _ = writeln!(html, "<h{level}>Answers</h{level}>");
    if !answers.is_empty() {
        html.push_str(
            "<table>\n<thead><tr><th scope=\"col\">Status</th><th scope=\"col\">Body</th>\
             <th scope=\"col\">When</th></tr></thead>\n<tbody>\n",
        );
        for answer in answers {
            let _ = writeln!(
                html,
                "<tr><td>{}</td><td>{}</td><td>{}</td></tr>",
                answer.status(),
                answer_body(answer),
                about(answer)
            );
        }
        html.push_str("</tbody>\n</table>\n");
    }
    if !unknown.is_empty() {
        let _ = writeln!(
            html,
            "<p>{} of {}: {}</p>",
            UNKNOWN.replacen("unknown</", "Unknown answers</", 1),
            count(unknown.len(), "source"),
            codes(unknown)
        );
    } else if answers.is_empty() {
        html.push_str("<p>None.</p>\n");
    }
}

fn answer_body(answer: &Answer) -> String {
    let body = match (answer.is_problem(), answer.media_type()) {
        (true, _) => "problem".to_owned(),
        (false, Some(media_type)) => {
            let ty = answer.type_name().map(|ty| code(&short(ty)));
            format!("{} {}", escape(media_type), ty.unwrap_or_default())
        }
        (false, None) => "empty".to_owned(),
    };
    let headers: Vec<_> = answer.header_names().collect();
    match headers.is_empty() {
        true => body,
        false => format!("{body}, with {}", codes(&headers)),
    }
}

fn about(answer: &Answer) -> String {
    escape(&answer.descriptions().collect::<Vec<_>>().join("; "))
}
