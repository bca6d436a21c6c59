//! Durations on the command line.

use std::time::Duration;

/// The longest duration that is accepted: the deadlines of a run must not overflow an `Instant`.
const LONGEST: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Parses a duration such as `500ms`, `10s` or `2m`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let duration = humantime::parse_duration(text);
    let duration =
        duration.map_err(|error| format!("{error}: write it as `500ms`, `10s` or `2m`"))?;
    if duration > LONGEST {
        return Err("the longest duration is 30 days".to_owned());
    }
    Ok(duration)
}
