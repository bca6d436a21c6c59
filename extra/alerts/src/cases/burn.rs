//! The cases of burn rates, whose two windows and floor are each decided by one request.

use super::{
    Case, percent_of,
    series::{START, from_start},
    share::{OfShare, fraction},
};

impl OfShare<'_> {
    /// Returns the cases of a burn rate with these windows, in minutes.
    pub(super) fn burn_cases(&self, long: u64, short: u64) -> Vec<Case> {
        let (floor, hold) = (self.share.floor, self.share.hold);
        let alert = &self.share.alert;
        let (bad, all) = fraction(self.share.most, floor);
        // From this minute on the long window is full, and a longer one would be, too.
        let full = START + long + long / 4;
        let last = full + hold + 2;
        let always = |count: u64| from_start(last, |_| count);
        let mut above = self.case("both windows above", always(all), always(bad + 1));
        let value = percent_of((bad + 1) as f64 / all as f64);
        above.fires(alert, last - 1, self.expected(&value));
        // As many requests are missing before the short window as are too many in it.
        let at = full - START;
        let balanced = from_start(last, |minute| match minute {
            _ if minute >= at => bad,
            _ if minute >= at - short => bad + 1,
            _ if minute >= at - 2 * short => bad - 1,
            _ => bad,
        });
        let mut exact_long = self.case("the long window exactly", always(all), balanced);
        exact_long.silent(alert, last - 1);
        let ended = from_start(last, |minute| bad + u64::from(minute < at - short));
        let mut exact_short = self.case("the short window exactly", always(all), ended);
        exact_short.silent(alert, last - 1);
        // In each long window there are exactly so many.
        let spread = |count: u64| {
            from_start(last, |minute| {
                (minute + 1) * count / long - minute * count / long
            })
        };
        let mut at_floor = self.case(
            "at the floor of requests, all bad",
            spread(floor),
            spread(floor),
        );
        at_floor.silent(alert, START + long + hold - 1);
        at_floor.fires(alert, START + long + hold, self.expected("100%"));
        let mut below = self.case(
            "below the floor of requests",
            spread(floor - 1),
            spread(floor - 1),
        );
        let mut none = self.case("no traffic", always(0), always(0));
        for case in [&mut below, &mut none] {
            case.silent(alert, last - 1);
        }
        vec![above, exact_long, exact_short, at_floor, below, none]
    }
}
