//! In which language a page is, and how that language writes amounts and dates.

use actix_web::HttpRequest;
use actix_web::http::header::{AcceptLanguage, Header, Preference};
use chrono::{DateTime, Datelike, NaiveDateTime, Utc};
use chrono_tz::Europe::Rome;

use super::texts::{ENGLISH, GERMAN, ITALIAN, Texts};
use crate::domain::notice_codes::italian_amount;

/// The languages of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    Italian,
    English,
    German,
}

impl Language {
    pub(super) const ALL: [Language; 3] = [Language::Italian, Language::English, Language::German];

    /// Its code, as browsers know it.
    pub(super) fn code(self) -> &'static str {
        match self {
            Language::Italian => "it",
            Language::English => "en",
            Language::German => "de",
        }
    }

    /// What it is called by those who speak it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Language::Italian => "Italiano",
            Language::English => "English",
            Language::German => "Deutsch",
        }
    }

    /// The language of a code.
    pub(super) fn of(code: &str) -> Option<Language> {
        Language::ALL.into_iter().find(|language| language.code() == code)
    }

    /// What a browser would like best of what there is; Italian, when it likes none of it.
    pub(super) fn wanted(request: &HttpRequest) -> Language {
        let wanted = AcceptLanguage::parse(request).map(|header| header.ranked()).unwrap_or_default();
        let spoken = wanted.iter().find_map(|wanted| match wanted {
            Preference::Specific(tag) => Language::of(tag.primary_language()),
            Preference::Any => None,
        });
        spoken.unwrap_or(Language::Italian)
    }

    /// Its texts.
    pub(super) fn texts(self) -> &'static Texts {
        match self {
            Language::Italian => &ITALIAN,
            Language::English => &ENGLISH,
            Language::German => &GERMAN,
        }
    }

    /// An amount: `1.020,99 €`, in English `€1,020.99`.
    pub(super) fn amount(self, cents: i64) -> String {
        let written = italian_amount(cents);
        if self != Language::English {
            // What stands between the two is no place to break a line.
            return format!("{written}\u{a0}€");
        }
        let swapped = written.chars().map(|c| match c {
            '.' => ',',
            ',' => '.',
            digit => digit,
        });
        format!("€{}", swapped.collect::<String>())
    }

    /// A day, as it is in Rome: `22 novembre 2026`.
    pub(super) fn day(self, at: DateTime<Utc>) -> String {
        self.written_day(at.with_timezone(&Rome).naive_local())
    }

    /// A moment, as it is in Rome: `22 novembre 2026, 13:05`.
    pub(super) fn moment(self, at: DateTime<Utc>) -> String {
        self.local_moment(at.with_timezone(&Rome).naive_local())
    }

    /// A moment that is told in Rome's time.
    pub(super) fn local_moment(self, at: NaiveDateTime) -> String {
        let oclock = if self == Language::German { " Uhr" } else { "" };
        format!("{}, {}{oclock}", self.written_day(at), at.format("%H:%M"))
    }

    fn written_day(self, at: NaiveDateTime) -> String {
        let month = self.texts().months[at.month0() as usize];
        let dot = match self {
            Language::German => ".",
            Language::Italian if at.day() == 1 => "°",
            _ => "",
        };
        format!("{}{dot} {month} {}", at.day(), at.year())
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;
    use chrono::TimeZone;

    use super::*;

    #[test]
    fn what_a_browser_is_shown() {
        for (accepted, code) in [
            ("", "it"),
            ("en", "en"),
            ("de-AT,de;q=0.9,en;q=0.8", "de"),
            ("fr,en;q=0.5,de;q=0.7", "de"),
            ("fr,*;q=0.5", "it"),
            ("zh-Hant-TW", "it"),
            ("\u{fffd};;;q=nonsense", "it"),
        ] {
            let request = TestRequest::default().insert_header(("Accept-Language", accepted)).to_http_request();
            assert_eq!(Language::wanted(&request).code(), code, "{accepted}");
        }
    }

    #[test]
    fn how_amounts_are_written() {
        for (cents, italian, english) in [
            (5, "0,05\u{a0}€", "€0.05"),
            (12_050, "120,50\u{a0}€", "€120.50"),
            (102_099, "1.020,99\u{a0}€", "€1,020.99"),
            (99_999_999_999, "999.999.999,99\u{a0}€", "€999,999,999.99"),
            (10_000_000, "100.000,00\u{a0}€", "€100,000.00"),
        ] {
            assert_eq!(Language::Italian.amount(cents), italian);
            assert_eq!(Language::German.amount(cents), italian);
            assert_eq!(Language::English.amount(cents), english);
        }
    }

    #[test]
    fn how_dates_are_written() {
        let at = Utc.with_ymd_and_hms(2026, 8, 31, 22, 5, 0).unwrap();
        assert_eq!(Language::Italian.day(at), "1° settembre 2026");
        assert_eq!(Language::English.moment(at), "1 September 2026, 00:05");
        assert_eq!(Language::German.moment(at), "1. September 2026, 00:05 Uhr");
    }
}
