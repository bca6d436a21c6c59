//! The text format of the access log.

use std::{
    fmt::{self, Display},
    io::{self, Write},
    time::SystemTime,
};

use http::StatusCode;

use super::secret::{MASK, Secrets};
use crate::{body::Outcome, events::ErrorChain, request::Exchange};

/// Writes the line without the line end.
pub(crate) fn write(
    out: &mut Vec<u8>,
    exchange: &Exchange<'_>,
    secrets: &Secrets,
    now: SystemTime,
    paints: bool,
) -> io::Result<()> {
    let time = humantime::format_rfc3339_millis(now);
    write!(out, "[highball] {time} | ")?;
    status(out, exchange.status(), paints)?;
    write!(out, " | {:>10.2?} | ", exchange.duration())?;
    match exchange.client_ip() {
        Some(ip) => write!(out, "{ip:<15}")?,
        None => write!(out, "{:<15}", "-")?,
    }
    write!(out, " | {:<7} \"", exchange.method().as_str())?;
    write!(out, "{}", Escaped(exchange.path()))?;
    if let Some(query) = exchange.uri().query() {
        out.push(b'?');
        for piece in secrets.masked(query) {
            write!(out, "{}", Escaped(piece))?;
        }
    }
    out.push(b'"');
    for (key, value) in exchange.notes() {
        let value = if secrets.has(key) { MASK } else { value };
        write!(out, " {key}={}", Escaped(value))?;
    }
    if exchange.outcome() != Outcome::Complete {
        write!(out, " ({})", exchange.outcome())?;
    }
    for error in exchange.errors() {
        write!(out, " error=\"{}", Escaped(error.detail()))?;
        if let Some(cause) = error.cause() {
            write!(out, ": {}", Escaped(&ErrorChain(cause).to_string()))?;
        }
        out.push(b'"');
    }
    Ok(())
}

fn status(out: &mut Vec<u8>, status: Option<StatusCode>, paints: bool) -> io::Result<()> {
    let Some(status) = status else {
        return write!(out, "  -");
    };
    let colour = match status.as_u16() / 100 {
        2 => "32",
        3 => "36",
        4 => "33",
        _ => "31",
    };
    if paints {
        write!(out, "\x1b[{colour}m{}\x1b[0m", status.as_u16())
    } else {
        write!(out, "{}", status.as_u16())
    }
}

/// Text whose characters are escaped, so that they cannot end the line or the quotes.
struct Escaped<'a>(&'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some(at) = rest.find(|c: char| c.is_control() || c == '"' || c == '\\') {
            let (plain, from) = rest.split_at(at);
            f.write_str(plain)?;
            let mut chars = from.chars();
            chars
                .next()
                .map_or(Ok(()), |c| write!(f, "{}", c.escape_default()))?;
            rest = chars.as_str();
        }
        f.write_str(rest)
    }
}
