//! A job as a message.

use highball_jobs::backend::{JobId, Millis, NewJob};
use lapin::{
    BasicProperties,
    types::{AMQPValue, FieldTable, LongString, ShortString},
};

const VERSION: &str = "x-highball-version";
const ATTEMPTS: &str = "x-highball-attempts";
const CRASHES: &str = "x-highball-crashes";
const CREATED: &str = "x-highball-created";
const DUE: &str = "x-highball-due";
const PRODUCER: &str = "x-highball-producer";
const REASON: &str = "x-highball-reason";
const TRACE: &str = "traceparent";
/// How often a quorum queue has given the message to a consumer that did not acknowledge it.
const DELIVERIES: &str = "x-delivery-count";

/// The most bytes of a reason that are kept.
const MAX_REASON: usize = 4096;

/// A persistent message of AMQP.
const PERSISTENT: u8 = 2;

/// A job, with the attempts that have ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) id: JobId,
    /// The name of the job.
    pub(crate) name: String,
    pub(crate) version: u32,
    pub(crate) payload: Vec<u8>,
    pub(crate) attempts: u32,
    pub(crate) crashes: u32,
    pub(crate) created: Millis,
    pub(crate) due: Millis,
    pub(crate) producer: String,
    pub(crate) trace: Option<String>,
    pub(crate) reason: Option<String>,
}

impl Message {
    pub(crate) fn new(job: NewJob, now: Millis) -> Self {
        Self {
            id: job.id.unwrap_or_else(random_id),
            name: job.name.into_owned(),
            version: job.version,
            payload: job.payload.into_bytes(),
            attempts: 0,
            crashes: 0,
            created: now,
            due: job.due,
            producer: job.producer.into_owned(),
            trace: job.trace,
            reason: None,
        }
    }

    /// Reads a message, and returns how many of its attempts have ended without an acknowledgement.
    ///
    /// A message of another program needs none of the headers. It is a job of version 1 that is due.
    pub(crate) fn read(
        name: &str,
        properties: &BasicProperties,
        payload: Vec<u8>,
        now: Millis,
    ) -> (Self, u32) {
        let none = FieldTable::default();
        let headers = Headers(properties.headers().as_ref().unwrap_or(&none));
        let id = properties
            .message_id()
            .as_ref()
            .map(|id| JobId::new(id.as_str()));
        let message = Self {
            id: id.unwrap_or_else(random_id),
            name: name.to_owned(),
            version: headers.count(VERSION).unwrap_or(1),
            payload,
            attempts: headers.count(ATTEMPTS).unwrap_or(0),
            crashes: headers.count(CRASHES).unwrap_or(0),
            created: headers.int(CREATED).unwrap_or(now),
            due: headers.int(DUE).unwrap_or(0),
            producer: headers.text(PRODUCER).unwrap_or_default(),
            trace: headers.text(TRACE),
            reason: headers.text(REASON),
        };
        (message, headers.count(DELIVERIES).unwrap_or(0))
    }

    /// Returns the properties of the message. They contain everything apart from its name and payload.
    pub(crate) fn properties(&self) -> BasicProperties {
        let mut headers = FieldTable::default();
        let mut add = |name: &str, value| {
            headers.insert(ShortString::from(name), value);
        };
        add(VERSION, AMQPValue::LongLongInt(self.version.into()));
        add(ATTEMPTS, AMQPValue::LongLongInt(self.attempts.into()));
        add(CRASHES, AMQPValue::LongLongInt(self.crashes.into()));
        add(CREATED, AMQPValue::LongLongInt(self.created));
        add(DUE, AMQPValue::LongLongInt(self.due));
        add(PRODUCER, text(&self.producer));
        if let Some(trace) = &self.trace {
            add(TRACE, text(trace));
        }
        if let Some(reason) = &self.reason {
            // The headers of a message are one frame of limited size.
            let end = reason.floor_char_boundary(MAX_REASON);
            add(REASON, text(&reason[..end]));
        }
        BasicProperties::default()
            .with_delivery_mode(PERSISTENT)
            .with_content_type("application/json".into())
            .with_message_id(self.id.as_str().into())
            .with_type(self.name.as_str().into())
            .with_headers(headers)
    }
}

/// The headers of a message.
struct Headers<'m>(&'m FieldTable);

impl Headers<'_> {
    fn int(&self, name: &str) -> Option<i64> {
        let value = self.0.inner().get(name)?;
        // Programs in other languages choose the type by the size of the number.
        value
            .as_long_long_int()
            .or_else(|| value.as_long_int().map(i64::from))
            .or_else(|| value.as_long_uint().map(i64::from))
            .or_else(|| value.as_short_int().map(i64::from))
            .or_else(|| value.as_short_uint().map(i64::from))
            .or_else(|| value.as_short_short_int().map(i64::from))
            .or_else(|| value.as_short_short_uint().map(i64::from))
    }

    fn count(&self, name: &str) -> Option<u32> {
        u32::try_from(self.int(name)?).ok()
    }

    fn text(&self, name: &str) -> Option<String> {
        let text = self.0.inner().get(name)?.as_long_string()?;
        Some(String::from_utf8_lossy(text.as_bytes()).into_owned())
    }
}

fn text(text: &str) -> AMQPValue {
    AMQPValue::LongString(LongString::from(text))
}

/// Returns a random UUID, version 4.
fn random_id() -> JobId {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the system has random numbers");
    let number = u128::from_be_bytes(bytes) & !(0xf << 76) & !(0x3 << 62) | 4 << 76 | 2 << 62;
    let hex = format!("{number:032x}");
    let parts = [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ];
    JobId::new(parts.join("-"))
}

#[cfg(test)]
mod tests {
    use highball_jobs::backend::{JobId, NewJob};
    use lapin::BasicProperties;

    use super::{Message, random_id};

    #[test]
    fn a_message_is_read_as_it_was_written() {
        let job = NewJob {
            id: Some(JobId::new("7-1")),
            name: "email".into(),
            version: 3,
            payload: "{\"to\":\"Zoë\"}".to_owned(),
            due: 7_000,
            producer: "shop::create".into(),
            trace: Some("00-4bf9".to_owned()),
            ..NewJob::default()
        };
        let mut message = Message::new(job, 5_000);
        (message.attempts, message.crashes) = (2, 1);
        message.reason = Some("no paper".to_owned());
        let payload = message.payload.clone();
        let read = Message::read("email", &message.properties(), payload, 9_000);
        assert_eq!(read, (message, 0));
    }

    #[test]
    fn a_message_of_another_program_is_a_job() {
        let (read, deliveries) = Message::read("email", &BasicProperties::default(), vec![b'1'], 9);
        assert_eq!((read.version, read.attempts, deliveries), (1, 0, 0));
        assert_eq!((read.created, read.due), (9, 0));
        assert_ne!(read.id, random_id());
    }

    #[test]
    fn ids_are_random_uuids() {
        let id = random_id();
        assert_eq!(id.as_str().len(), 36);
        assert_eq!(&id.as_str()[14..15], "4");
        assert!("89ab".contains(&id.as_str()[19..20]), "{id}");
        assert_ne!(id, random_id());
    }
}
