//! When clients leave, and what they send.

use std::time::Duration;

use crate::random::Random;

/// The part of a request that a client sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The whole request.
    Whole,
    /// The first half of the head.
    HalfHead,
    /// The head and the first half of the body. Without a body, this is the whole request.
    HalfBody,
    /// One of the three, by chance.
    Any,
}

/// When clients leave, after they have sent their part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Leave {
    /// All after the same time.
    After(Duration),
    /// At times that are spread evenly.
    Between(Duration, Duration),
    /// Most of them early and a few late: an exponential distribution with this mean.
    Mean(Duration),
    /// Never. They wait for the response.
    Never,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Departure {
    pub(super) after: Duration,
    pub(super) part: Part,
}

/// Returns the departure of one client. It does not depend on the other clients, which run in any order.
pub(super) fn departure(seed: u64, client: usize, leave: Leave, part: Part) -> Departure {
    let mut random = Random::new(Random::new(seed).next() ^ client as u64);
    // Neighbouring seeds have related numbers at first.
    random.next();
    Departure {
        after: after(leave, random.fraction()),
        part: match part {
            Part::Any => {
                [Part::Whole, Part::HalfHead, Part::HalfBody][(random.next() % 3) as usize]
            }
            part => part,
        },
    }
}

fn after(leave: Leave, fraction: f64) -> Duration {
    match leave {
        Leave::After(time) => time,
        Leave::Between(first, last) => first + last.saturating_sub(first).mul_f64(fraction),
        Leave::Mean(mean) => mean.mul_f64(-(1.0 - fraction).ln()),
        Leave::Never => Duration::MAX,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Leave, Part, departure};

    const MS: Duration = Duration::from_millis(1);

    fn times(leave: Leave) -> Vec<Duration> {
        let departures = (0..1000).map(|client| departure(3, client, leave, Part::Whole));
        departures.map(|each| each.after).collect()
    }

    fn mean(times: &[Duration]) -> Duration {
        times.iter().sum::<Duration>() / times.len() as u32
    }

    #[test]
    fn times_have_their_distribution() {
        assert!(times(Leave::After(MS)).iter().all(|&time| time == MS));
        let even = times(Leave::Between(10 * MS, 30 * MS));
        assert!(even.iter().all(|&time| time >= 10 * MS && time < 30 * MS));
        assert!((19 * MS..21 * MS).contains(&mean(&even)));
        let exponential = times(Leave::Mean(10 * MS));
        assert!((9 * MS..11 * MS).contains(&mean(&exponential)));
        // The median is below the mean: 69 % of it.
        let early = exponential.iter().filter(|&&time| time < 7 * MS).count();
        assert!((450..550).contains(&early), "{early}");
    }

    #[test]
    fn any_part_is_sent_by_a_third_of_the_clients() {
        for expected in [Part::Whole, Part::HalfHead, Part::HalfBody] {
            let parts = (0..900).map(|client| departure(5, client, Leave::Never, Part::Any).part);
            let count = parts.filter(|&part| part == expected).count();
            assert!((250..350).contains(&count), "{expected:?}: {count}");
        }
    }
}
