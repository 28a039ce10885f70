//! A time stamp as people write it.

const DAY: i64 = 86_400;

/// RFC 3339 in UTC, such as `2026-03-01T08:09:10Z`. None for what is no time from the years 1970 to 9999.
pub(super) fn rfc3339(seconds: f64) -> Option<String> {
    const END: f64 = 253_402_300_800.0;
    if !(0.0..END).contains(&seconds) {
        return None;
    }
    #[allow(clippy::cast_possible_truncation, reason = "the range was checked")]
    let seconds = seconds as i64;
    let (year, month, day) = date(seconds / DAY);
    let of_day = seconds % DAY;
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    Some(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"))
}

/// The Gregorian date of a day counted from 1970-01-01. Years are counted from March, so that a leap day ends its year.
fn date(day: i64) -> (i64, i64, i64) {
    const FOUR_CENTURIES: i64 = 146_097;
    const FROM_YEAR_0_MARCH_1: i64 = 719_468;
    let day = day + FROM_YEAR_0_MARCH_1;
    let (era, day) = (day / FOUR_CENTURIES, day % FOUR_CENTURIES);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let of_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * month + 2) / 5 + 1;
    let (month, next_year) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (era * 400 + year + next_year, month, of_month)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_times() {
        let table = [
            (0.0, Some("1970-01-01T00:00:00Z")),
            (951_782_400.9, Some("2000-02-29T00:00:00Z")),
            (951_868_799.0, Some("2000-02-29T23:59:59Z")),
            (1_795_416_311.38, Some("2026-11-23T06:45:11Z")),
            (4_107_542_400.0, Some("2100-03-01T00:00:00Z")),
            (253_402_300_799.0, Some("9999-12-31T23:59:59Z")),
            (-1.0, None),
            (f64::NAN, None),
            (1e300, None),
        ];
        for (seconds, expected) in table {
            assert_eq!(rfc3339(seconds).as_deref(), expected, "{seconds}");
        }
    }
}
