//! The times of schedules.

use croner::{
    Cron,
    parser::{CronParser, Seconds, Year},
};
use jiff::{Timestamp, tz::TimeZone};

use crate::backend::Millis;

/// The times of a schedule.
#[derive(Debug)]
pub(crate) struct Times {
    cron: Cron,
    zone: TimeZone,
}

impl Times {
    /// Reads an expression and the name of a time zone.
    ///
    /// # Errors
    /// Returns a message if one of them is invalid.
    pub(crate) fn new(cron: &str, zone: &str) -> Result<Self, String> {
        let parser = CronParser::builder();
        let parser = parser
            .seconds(Seconds::Disallowed)
            .year(Year::Disallowed)
            .build();
        let parsed = parser
            .parse(cron)
            .map_err(|error| format!("`{cron}`: {error}"))?;
        let zone = TimeZone::get(zone).map_err(|_| {
            format!("the time zone `{zone}` is unknown: write a name such as `Europe/Berlin`")
        })?;
        Ok(Self { cron: parsed, zone })
    }

    /// Returns the next time after this one.
    pub(crate) fn next(&self, after: Millis) -> Option<Millis> {
        let after = Timestamp::from_millisecond(after).ok()?;
        let next = self
            .cron
            .find_next_occurrence(&after.to_zoned(self.zone.clone()), false);
        Some(next.ok()?.timestamp().as_millisecond())
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::Times;

    /// Returns the next times after one, in UTC.
    fn times(cron: &str, zone: &str, after: &str, count: usize) -> Vec<String> {
        let times = Times::new(cron, zone).unwrap();
        let mut at = after.parse::<Timestamp>().unwrap().as_millisecond();
        let mut all = Vec::new();
        for _ in 0..count {
            at = times.next(at).unwrap();
            all.push(Timestamp::from_millisecond(at).unwrap().to_string());
        }
        all
    }

    #[test]
    fn a_change_of_the_clocks_neither_skips_nor_repeats_a_daily_run() {
        // In Berlin, 02:00 to 03:00 does not exist on 2026-03-29, and exists twice on 2026-10-25.
        let spring = times("30 2 * * *", "Europe/Berlin", "2026-03-27T12:00:00Z", 3);
        assert_eq!(
            spring,
            [
                "2026-03-28T01:30:00Z",
                "2026-03-29T01:00:00Z",
                "2026-03-30T00:30:00Z"
            ]
        );
        let autumn = times("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2);
        assert_eq!(autumn, ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]);
    }

    #[test]
    fn mistakes_have_a_message() {
        let error = Times::new("0 3 * *", "UTC").unwrap_err();
        assert!(error.contains("0 3 * *"), "{error}");
        let error = Times::new("0 3 * * *", "Europe/Berln").unwrap_err();
        assert!(error.contains("Europe/Berln"), "{error}");
    }
}
