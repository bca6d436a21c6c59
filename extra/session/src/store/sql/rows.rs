//! Rows of the tables.

use highball_db::{battery::Value, sqlx::Error};

use crate::{
    Key,
    store::{Data, Head, Millis, Slot},
};

/// The values of a row, which are read in order.
pub(super) struct Columns(std::vec::IntoIter<Value>);

impl Columns {
    pub(super) fn new(row: Vec<Value>) -> Self {
        Self(row.into_iter())
    }

    fn next(&mut self) -> Value {
        self.0.next().unwrap_or(Value::Null)
    }

    fn number(&mut self) -> Option<u64> {
        u64::try_from(self.next().int()?).ok()
    }

    pub(super) fn key(&mut self) -> Result<Key, Error> {
        let bytes = self.next().bytes().and_then(|bytes| bytes.try_into().ok());
        bytes.map(Key::new).ok_or_else(damaged)
    }

    pub(super) fn head(&mut self) -> Result<Head, Error> {
        let user = self.next().text();
        let mut number = || self.number().ok_or_else(damaged);
        Ok(Head {
            user,
            created: number()?,
            logged_in: number()?,
            renewed: number()?,
            seen: number()?,
            expires: number()?,
            remembered: number()? == 1,
            agent: self.next().text().unwrap_or_default(),
        })
    }

    /// Returns a slot with its name, unless the session has none.
    pub(super) fn named_slot(&mut self) -> Result<Option<(String, Slot)>, Error> {
        let Some(name) = self.next().text() else {
            return Ok(None);
        };
        Ok(self.slot()?.map(|slot| (name, slot)))
    }

    /// Returns a slot, unless it does not exist.
    pub(super) fn slot(&mut self) -> Result<Option<Slot>, Error> {
        let Some(version) = self.number() else {
            return Ok(None);
        };
        let schema = self.number().and_then(|schema| schema.try_into().ok());
        let data = Data {
            schema: schema.ok_or_else(damaged)?,
            json: self.next().bytes().ok_or_else(damaged)?,
        };
        Ok(Some(Slot { version, data }))
    }
}

fn damaged() -> Error {
    Error::Decode("a row of the sessions has other values than this program writes".into())
}

pub(super) fn key(key: &Key) -> Value {
    Value::Bytes(key.bytes().to_vec())
}

/// Returns a number. A time that is too large is as good as the end of time.
pub(super) fn number(number: Millis) -> Value {
    Value::Int(i64::try_from(number).unwrap_or(i64::MAX))
}

/// Returns a key and a head as the values `$1` to `$9`.
pub(super) fn head(of: &Key, head: &Head) -> Vec<Value> {
    vec![
        key(of),
        head.user.clone().map_or(Value::Null, Value::Text),
        number(head.created),
        number(head.logged_in),
        number(head.renewed),
        number(head.seen),
        number(head.expires),
        Value::Int(head.remembered.into()),
        Value::Text(head.agent.clone()),
    ]
}
