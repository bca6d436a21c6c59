//! The JSON format of the access log.

use std::{io, time::SystemTime};

use serde::{
    Serialize, Serializer,
    ser::{SerializeMap, SerializeSeq},
};

use super::secret::{MASK, Secrets};
use crate::{events::ErrorChain, request::Exchange, response::Rejection};

/// Writes the object without the line end.
pub(crate) fn write(
    out: &mut Vec<u8>,
    exchange: &Exchange<'_>,
    secrets: &Secrets,
    now: SystemTime,
) -> io::Result<()> {
    let line = JsonLine {
        exchange,
        secrets,
        now,
    };
    serde_json::to_writer(out, &line).map_err(io::Error::from)
}

struct JsonLine<'l> {
    exchange: &'l Exchange<'l>,
    secrets: &'l Secrets,
    now: SystemTime,
}

impl Serialize for JsonLine<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self {
            exchange, secrets, ..
        } = self;
        let mut map = serializer.serialize_map(None)?;
        let time = humantime::format_rfc3339_millis(self.now);
        map.serialize_entry("time", &format_args!("{time}"))?;
        map.serialize_entry("method", exchange.method().as_str())?;
        map.serialize_entry("path", exchange.path())?;
        if let Some(query) = exchange.uri().query() {
            map.serialize_entry("query", &Query(query, secrets))?;
        }
        if let Some(route) = exchange.route() {
            map.serialize_entry("route", route.path())?;
        }
        if let Some(status) = exchange.status() {
            map.serialize_entry("status", &status.as_u16())?;
        }
        let micros = exchange.duration().as_micros() as f64;
        map.serialize_entry("ms", &(micros / 1000.0))?;
        map.serialize_entry("bytes", &exchange.bytes())?;
        if let Some(ip) = exchange.client_ip() {
            map.serialize_entry("client", &ip)?;
        }
        map.serialize_entry("outcome", &format_args!("{}", exchange.outcome()))?;
        if exchange.notes().next().is_some() {
            map.serialize_entry("notes", &Notes(exchange, secrets))?;
        }
        if !exchange.errors().is_empty() {
            map.serialize_entry("errors", &Errors(exchange.errors()))?;
        }
        map.end()
    }
}

struct Query<'l>(&'l str, &'l Secrets);

impl Serialize for Query<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&Pieces(self))
    }
}

struct Pieces<'l>(&'l Query<'l>);

impl std::fmt::Display for Pieces<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Query(query, secrets) = self.0;
        secrets
            .masked(query)
            .try_for_each(|piece| f.write_str(piece))
    }
}

struct Notes<'l>(&'l Exchange<'l>, &'l Secrets);

impl Serialize for Notes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (key, value) in self.0.notes() {
            let value = if self.1.has(key) { MASK } else { value };
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

struct Errors<'l>(&'l [Rejection]);

impl Serialize for Errors<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(Some(self.0.len()))?;
        for error in self.0 {
            seq.serialize_element(&ErrorJson(error))?;
        }
        seq.end()
    }
}

struct ErrorJson<'l>(&'l Rejection);

impl Serialize for ErrorJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("status", &self.0.status().as_u16())?;
        map.serialize_entry("detail", self.0.detail())?;
        if let Some(cause) = self.0.cause() {
            map.serialize_entry("cause", &format_args!("{}", ErrorChain(cause)))?;
        }
        map.end()
    }
}
