//! Releases: of which edition a file is, so that an older one does not take a newer one's place unasked.

use serde::{Deserialize, Serialize};

/// An edition, as a date or its beginning: `2017`, `2022-10`, `2025-03-01`. Releases of a kind sort as they were published.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Release(String);

/// Where a file says of which release it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReleaseRule {
    /// Nowhere.
    None,
    /// The name begins with a year: `2017_Gaz_zcta_national.txt`.
    LeadingYear,
    /// The name ends in month, day and year: `..._03012025.csv`.
    TrailingDate,
    /// The title above the table names it.
    Title,
}

const YEARS: std::ops::RangeInclusive<u16> = 1990..=2099;
const MONTHS: [&str; 12] =
    ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];

fn year(text: &str) -> Option<&str> {
    let digits = text.get(..4)?;
    (digits.bytes().all(|byte| byte.is_ascii_digit()) && YEARS.contains(&digits.parse().ok()?)).then_some(digits)
}

impl Release {
    /// Wraps a release that was read from the database.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The release as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The date that a title names: `December 26, 2022`, `October 2022`, `12/26/2022`, or a lone year.
    pub fn in_title(title: &str) -> Option<Self> {
        let words: Vec<String> =
            title.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
        let number = |word: Option<&String>, range: std::ops::RangeInclusive<u8>| {
            word.filter(|word| word.len() <= 2)?.parse::<u8>().ok().filter(|number| range.contains(number))
        };
        let whole_year = |word: &String| (word.len() == 4).then(|| year(word).map(str::to_owned)).flatten();
        let at = words.iter().rposition(|word| whole_year(word).is_some())?;
        let year = whole_year(&words[at])?;
        let before = |back: usize| at.checked_sub(back).and_then(|index| words.get(index));
        let month = |word: Option<&String>| {
            let word = word.filter(|word| word.len() >= 3)?;
            MONTHS.iter().position(|month| month.starts_with(word.as_str())).map(|index| index + 1)
        };
        if let Some(month) = month(before(1)) {
            return Some(Self(format!("{year}-{month:02}")));
        }
        match (month(before(2)), number(before(1), 1..=31), number(before(2), 1..=12)) {
            (Some(month), Some(day), _) => Some(Self(format!("{year}-{month:02}-{day:02}"))),
            (None, Some(day), Some(month)) => Some(Self(format!("{year}-{month:02}-{day:02}"))),
            _ => Some(Self(year)),
        }
    }
}

impl std::fmt::Display for Release {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl ReleaseRule {
    /// The release that a file's name tells, if it tells one.
    pub fn of_name(self, name: &str) -> Option<Release> {
        match self {
            Self::None | Self::Title => None,
            Self::LeadingYear => {
                let rest = name.get(4..)?;
                (!rest.starts_with(|character: char| character.is_ascii_digit())).then_some(())?;
                year(name).map(|year| Release(year.to_owned()))
            }
            Self::TrailingDate => {
                // Copies are called `..._03012025 (1).csv` or `..._03012025_fixed.csv`: the last run of eight digits counts.
                let digits = name.split(|character: char| !character.is_ascii_digit()).rfind(|run| run.len() == 8)?;
                let (month, day) = (digits.get(..2)?, digits.get(2..4)?);
                let in_range = (1..=12).contains(&month.parse::<u8>().ok()?) && (1..=31).contains(&day.parse::<u8>().ok()?);
                let year = year(digits.get(4..)?)?;
                in_range.then(|| Release(format!("{year}-{month}-{day}")))
            }
        }
    }

    /// Where a file says it, for people.
    pub const fn words(self) -> &'static str {
        match self {
            Self::None => "not known from the file",
            Self::LeadingYear => "the year with which the name begins",
            Self::TrailingDate => "the date (MMDDYYYY) at the end of the name",
            Self::Title => "the date in the chart's title, where it has one",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_releases_that_sort() {
        let of = |rule: ReleaseRule, name: &str| rule.of_name(name).map(|release| release.to_string());
        assert_eq!(of(ReleaseRule::LeadingYear, "2017_Gaz_zcta_national.txt").as_deref(), Some("2017"));
        assert_eq!(of(ReleaseRule::LeadingYear, "20170_Gaz.txt"), None);
        assert_eq!(of(ReleaseRule::LeadingYear, "Gaz_2017.txt"), None);
        let standards = "3D_Base_Service_Standard_Directory_03012025";
        for name in [format!("{standards}.csv"), format!("{standards} (1).csv")] {
            assert_eq!(of(ReleaseRule::TrailingDate, &name).as_deref(), Some("2025-03-01"));
        }
        assert_eq!(of(ReleaseRule::TrailingDate, "3D_99992025.csv"), None);
        assert!(Release::new("2024-12-31") < Release::new("2025-03-01"));
    }

    #[test]
    fn titles_tell_dates() {
        for (title, release) in [
            ("Zone chart effective December 26, 2022", Some("2022-12-26")),
            ("Rates of October 2022", Some("2022-10")),
            ("Effective 12/26/2022", Some("2022-12-26")),
            ("2023 ZONE CHART", Some("2023")),
            ("For shipments originating in ZIP Codes 005-01 to 005-99.", None),
        ] {
            assert_eq!(Release::in_title(title).map(|release| release.to_string()).as_deref(), release, "{title}");
        }
    }
}
