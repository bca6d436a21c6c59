//! The processor cores that the process may use.

use std::path::Path;

use super::{number_after, read};

const GROUPS: &str = "/sys/fs/cgroup";

/// Returns the number of cores, by the file `/proc/self/status` and the quotas of the control groups.
///
/// `std::thread::available_parallelism` rounds a quota down to whole cores: 1.9 cores would be one.
pub(super) fn available(status: &str) -> Option<f64> {
    let mut lines = status.lines();
    let allowed = lines.find_map(|line| line.strip_prefix("Cpus_allowed_list:"))?;
    let allowed = count(allowed)?;
    let groups = read("/proc/self/cgroup");
    let own = groups.lines().find_map(|line| line.strip_prefix("0::/"));
    let own = Path::new(GROUPS).join(own.unwrap_or_default());
    let own = own.ancestors().take_while(|path| path.starts_with(GROUPS));
    let quotas = own.filter_map(|path| quota(&read(&path.join("cpu.max").to_string_lossy())));
    // Version 1 of control groups has two files.
    let file = |name| number_after(&read(&format!("{GROUPS}/cpu/cpu.cfs_{name}_us")), "");
    let first = file("quota").zip(file("period"));
    let first = first.filter(|(quota, period)| *quota > 0.0 && *period > 0.0);
    let quotas = quotas.chain(first.map(|(quota, period)| quota / period));
    Some(quotas.fold(allowed, f64::min))
}

/// Counts the processors of a list: `0-3,8`.
fn count(list: &str) -> Option<f64> {
    let mut total = 0;
    for range in list.trim().split(',') {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        let (first, last) = (first.parse::<u32>().ok()?, last.parse::<u32>().ok()?);
        total += last.checked_sub(first)? + 1;
    }
    Some(f64::from(total))
}

/// Returns the cores of a quota, `150000 100000`. `max` is no quota.
fn quota(text: &str) -> Option<f64> {
    let mut words = text.split_whitespace();
    let (quota, period) = (words.next()?, words.next()?);
    let (quota, period) = (quota.parse::<f64>().ok()?, period.parse::<f64>().ok()?);
    (quota > 0.0 && period > 0.0).then(|| quota / period)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_processors_are_counted() {
        for (list, expected) in [
            ("0-3", Some(4.0)),
            ("\t0-1,8,10-11\n", Some(5.0)),
            ("7", Some(1.0)),
            ("3-1", None),
            ("", None),
        ] {
            assert_eq!(count(list), expected, "{list}");
        }
    }

    #[test]
    fn quotas_may_be_parts_of_a_core() {
        assert_eq!(quota("150000 100000\n"), Some(1.5));
        assert_eq!(quota("max 100000\n"), None);
        assert_eq!(quota(""), None);
    }

    #[test]
    fn a_process_has_a_core() {
        let cores = available("Cpus_allowed_list:\t0-1\n");
        assert!(cores.is_some_and(|cores| cores > 0.0 && cores <= 2.0));
        assert_eq!(available("Threads: 1\n"), None);
    }
}
