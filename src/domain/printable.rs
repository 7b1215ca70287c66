//! Which options of a position stand on one payment notice (`domain` 12.1).

use chrono::{DateTime, Utc};

use super::codes::NoticeNumber;
use super::payable::payable;
use super::position::{DebtPosition, Notice, PaymentOption};
use super::refusal::Refusal;

/// What a debtor may choose between on one notice: all at once, or the instalments of one plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Printable<'p> {
    /// The option that was asked for.
    pub asked: &'p PaymentOption,
    /// The whole amount.
    pub single: Option<&'p PaymentOption>,
    /// The instalments that are still to be paid, the first that is due first.
    pub instalments: Vec<&'p PaymentOption>,
    /// All instalments of that plan, in the same order: those that are paid keep their places.
    pub plan: Vec<&'p PaymentOption>,
}

/// What is printed for whoever asks for an option, by its notice number or IUV. Paper is sent ahead: an option that can
/// be paid from a later day is printed like one that can be paid now, and what can no longer be paid is not. The other
/// ways to pay the same debt go along if they are the same debtor's: with an instalment the rest of its plan and the
/// single payment, with the single payment the first plan of instalments; what has no number of eighteen digits, which every
/// code needs, does not.
pub fn printable<'p>(position: &'p DebtPosition, number: &str, now: DateTime<Utc>) -> Result<Printable<'p>, Refusal> {
    let asked = &position.options[position.option_of(number).ok_or(Refusal::UnknownNotice)?];
    payable_one_day(position, asked, now)?;
    let goes_along = |option: &&PaymentOption| {
        option.nav == asked.nav
            || option.debtor == asked.debtor
                && NoticeNumber::parse(option.nav.as_str()).is_ok()
                && payable_one_day(position, option, now).is_ok()
    };
    let (mut instalments, singles): (Vec<_>, Vec<_>) =
        position.options.iter().filter(goes_along).partition(|option| option.is_partial_payment);
    let plan = if asked.is_partial_payment { Some(asked.plan) } else { instalments.first().map(|first| first.plan) };
    instalments.retain(|option| Some(option.plan) == plan);
    instalments.sort_by_key(|option| option.due_date);
    let of_the_plan = |option: &&PaymentOption| {
        option.is_partial_payment && Some(option.plan) == plan && option.debtor == asked.debtor
    };
    let mut plan: Vec<_> = position.options.iter().filter(of_the_plan).collect();
    plan.sort_by_key(|option| option.due_date);
    let single = if asked.is_partial_payment { singles.first().copied() } else { Some(asked) };
    Ok(Printable { asked, single, instalments, plan })
}

/// Whether an option can be paid now, or else when its time has come.
fn payable_one_day(position: &DebtPosition, option: &PaymentOption, now: DateTime<Utc>) -> Result<(), Refusal> {
    let notice = Notice {
        company_name: position.company_name.clone(),
        office_name: position.office_name.clone(),
        status: position.status,
        rival_paid: position.begun().rivals(option.plan),
        option: option.clone(),
    };
    let at = option.validity_date.map_or(now, |from| from.max(now));
    payable(Some(notice), at).map(drop)
}

impl Printable<'_> {
    /// Everything that is printed.
    pub fn options(&self) -> impl Iterator<Item = &PaymentOption> {
        self.single.into_iter().chain(self.instalments.iter().copied())
    }

    /// Which instalment of its plan an option is, counted from one.
    pub fn place(&self, option: &PaymentOption) -> usize {
        self.plan.iter().position(|other| other.nav == option.nav).map_or(1, |at| at + 1)
    }

    /// What it is about: the debt as a whole where there is a word on it, else what its instalments have in common.
    pub fn subject(&self) -> String {
        let whole = self.single.map(|single| &single.description).or(self.asked.plan_description.as_ref());
        let common = || in_common(self.plan.iter().map(|option| &*option.description));
        whole.cloned().or_else(common).unwrap_or_else(|| self.asked.description.clone())
    }
}

/// The words with which all texts begin, without those that only introduce a number.
fn in_common<'t>(mut texts: impl Iterator<Item = &'t str>) -> Option<String> {
    let mut common: Vec<&str> = texts.next()?.split_whitespace().collect();
    let of_the_first = common.len();
    for text in texts {
        let same = common.iter().zip(text.split_whitespace()).take_while(|(one, other)| *one == other).count();
        common.truncate(same);
    }
    if common.len() == of_the_first {
        return (!common.is_empty()).then(|| common.join(" "));
    }
    let introduces = |word: &&str| {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        matches!(&*bare, "" | "rata" | "rate" | "n" | "nr" | "numero")
    };
    while common.pop_if(|word| introduces(&&**word)).is_some() {}
    let text = common.join(" ");
    let text = text.trim_end_matches(['-', '–', ',', ';', ':', '(']);
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::codes::Nav;
    use crate::domain::position::PositionStatus;
    use crate::domain::position::tests::{a_position, an_option, day, paid, today};
    use crate::domain::table::rows;

    fn nav(at: usize) -> String {
        format!("{at:018}")
    }

    /// Options as plan+state, plan 0 and 9 being plans of instalments: 1u is an unpaid single payment, 0p a paid
    /// instalment, x has another debtor, l is payable later, e has expired. n has no notice number. Each is called by its place.
    fn position(status: &str, options: &str) -> DebtPosition {
        let options = options.split(',').enumerate().map(|(at, cell)| {
            let (plan, state) = cell.split_at(1);
            let mut option = an_option();
            option.nav = Nav::new(nav(at));
            option.plan = plan.parse().unwrap();
            option.is_partial_payment = ["0", "9"].contains(&plan);
            match state {
                "p" => option.state = paid(),
                "x" => option.debtor.fiscal_code = "ANONIMO".into(),
                "l" => option.validity_date = day("tomorrow"),
                "n" => option.nav = Nav::new(at.to_string()),
                "e" => (option.due_date, option.switch_to_expired) = (day("yesterday").unwrap(), true),
                _ => {}
            }
            option
        });
        let mut position = a_position(options.collect());
        position.status = PositionStatus::parse(status).unwrap();
        position
    }

    #[test]
    fn what_stands_on_a_notice() {
        let table = "
            position       options        asked | single instalments
            VALID          1u             0     | 0      -
            VALID          1u             7     | UnknownNotice
            VALID          1u,0u,0u       0     | 0      1,2
            VALID          1u,0u,0u       2     | 0      1,2
            VALID          0u,0u          1     | -      0,1
            VALID          1u,0u,9u,9u    0     | 0      1
            VALID          1u,0u,9u,9u    3     | 0      2,3
            VALID          1u,2u          1     | 1      -
            VALID          1u,0u,0n       0     | 0      1
            VALID          1n,0u          1     | -      1
            VALID          1n,0u          0     | 0      1
            VALID          1u,0x,9u       0     | 0      2
            VALID          1u,0x,9u       1     | -      1
            PUBLISHED      1l,0l          0     | 0      1
            VALID          1l             0     | 0      -
            DRAFT          1u             0     | NotPublished
            INVALID        1u             0     | Cancelled
            EXPIRED        1e             0     | Expired
            VALID          1e             0     | Expired
            VALID          1e,0u          1     | -      1
            PAID           1p,0u          0     | AlreadyPaid
            PAID           1p,0u          1     | AlreadyPaid
            PARTIALLY_PAID 1u,0p,0u,0u    0     | Superseded
            PARTIALLY_PAID 1u,0p,0u,0u    1     | AlreadyPaid
            PARTIALLY_PAID 1u,0p,0u,0u    3     | -      2,3";
        for row in rows(table) {
            let position = position(row[0], row[1]);
            let asked = position.options.get(row[2].parse::<usize>().unwrap());
            let asked = asked.map_or("7", |option| option.nav.as_str());
            let found = match printable(&position, asked, today()) {
                Err(refusal) => vec![format!("{refusal:?}")],
                Ok(printable) => {
                    let navs = |options: &[&PaymentOption]| match options {
                        [] => "-".to_owned(),
                        options => options
                            .iter()
                            .map(|option| option.nav.as_str().parse::<usize>().unwrap().to_string())
                            .collect::<Vec<_>>()
                            .join(","),
                    };
                    vec![navs(&Vec::from_iter(printable.single)), navs(&printable.instalments)]
                }
            };
            assert_eq!(found, row[3..], "{row:?}");
        }
    }

    #[test]
    fn instalments_stand_in_the_order_of_their_dates() {
        let mut position = position("VALID", "0u,0u");
        position.options[0].due_date = day("tomorrow").unwrap() + chrono::Duration::days(1);
        let printable = printable(&position, &nav(0), today()).unwrap();
        let order: Vec<&str> = printable.instalments.iter().map(|option| option.nav.as_str()).collect();
        assert_eq!(order, [nav(1), nav(0)]);
    }

    #[test]
    fn paid_instalments_keep_their_places() {
        let position = position("PARTIALLY_PAID", "1u,0p,0u,0u,9u");
        let printable = printable(&position, &nav(2), today()).unwrap();
        let places: Vec<usize> = printable.instalments.iter().map(|option| printable.place(option)).collect();
        assert_eq!((places, printable.plan.len()), (vec![2, 3], 3));
    }

    #[test]
    fn what_a_notice_is_about() {
        let mut position = position("VALID", "1u,0u");
        position.options[0].description = "TARI 2026 at once".into();
        position.options[1].plan_description = Some("TARI 2026 in instalments".into());
        assert_eq!(printable(&position, &nav(1), today()).unwrap().subject(), "TARI 2026 at once");
        position.options.remove(0);
        assert_eq!(printable(&position, &nav(1), today()).unwrap().subject(), "TARI 2026 in instalments");
        position = self::position("VALID", "0u,0u");
        for (first, second, subject) in [
            ("TARI 2026 - rata 1", "TARI 2026 - rata 2", "TARI 2026"),
            ("TARI 2026, rata n. 1", "TARI 2026, rata n. 2", "TARI 2026"),
            ("TARI 2026", "TARI 2026", "TARI 2026"),
            ("Prima rata", "Seconda rata", "Seconda rata"),
            ("rata 1", "rata 2", "rata 2"),
        ] {
            position.options[0].description = first.into();
            position.options[1].description = second.into();
            assert_eq!(printable(&position, &nav(1), today()).unwrap().subject(), subject);
        }
    }
}
