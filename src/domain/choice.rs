//! What a debtor may choose from: the plans of a position, each paid as a whole or in instalments (`gpd-api` 11).

use chrono::{DateTime, Utc};

use super::position::{DebtPosition, PaymentOption, PositionStatus};

/// Why nothing of a position can be paid.
const CLOSED: &str = "Debt position is INVALID or EXPIRED";

/// Why another plan can no longer be chosen.
const ANOTHER_CHOSEN: &str = "Not payable: another payment option has already been used";

/// One plan of a position.
#[derive(Clone, Debug)]
pub struct Choice<'p> {
    /// What it is about, where anybody said so.
    pub description: Option<&'p str>,
    /// What its options add up to, in cents.
    pub cents: i128,
    /// When the last of them is due.
    pub due_date: DateTime<Utc>,
    /// From when the first of them may be paid.
    pub valid_from: Option<DateTime<Utc>>,
    /// Where it stands.
    pub standing: Standing,
    /// Its options, the first that is due first.
    pub instalments: Vec<(&'p PaymentOption, Standing)>,
}

/// Where a plan or one of its options stands, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// GPD's name without what it is a name of: `UNPAID`, `PAID`.
    pub status: &'static str,
    /// In words.
    pub reason: Option<&'static str>,
}

impl Standing {
    fn new(status: &'static str, reason: &'static str) -> Standing {
        Standing { status, reason: Some(reason) }
    }
}

/// The plans of a position, the first that is due first; what is due together stays in its order.
pub fn choices(position: &DebtPosition, now: DateTime<Utc>) -> Vec<Choice<'_>> {
    let mut choices: Vec<Choice<'_>> = Vec::new();
    for (at, option) in position.options.iter().enumerate() {
        let known = position.options[..at].iter().any(|before| before.plan == option.plan);
        if !known {
            choices.push(choice(position, option, now));
        }
    }
    choices.sort_by_key(|choice| choice.due_date);
    choices
}

/// The plan that begins with this option.
fn choice<'p>(position: &'p DebtPosition, first: &'p PaymentOption, now: DateTime<Utc>) -> Choice<'p> {
    let mut options: Vec<_> = position.options.iter().filter(|option| option.plan == first.plan).collect();
    options.sort_by_key(|option| option.due_date);
    let closed = closed(position, first.plan, now);
    let about = options.iter().filter_map(|option| option.plan_description.as_deref());
    Choice {
        description: about.into_iter().find(|text| !text.trim().is_empty()),
        cents: options.iter().map(|option| i128::from(option.amount.cents())).sum(),
        due_date: options.last().map_or(first.due_date, |last| last.due_date),
        valid_from: options.iter().filter_map(|option| option.validity_date).min(),
        standing: closed.unwrap_or_else(|| of_plan(&options, now)),
        instalments: options.into_iter().map(|o| (o, closed.unwrap_or_else(|| of_instalment(o, now)))).collect(),
    }
}

/// What closes a plan, whatever its options say.
fn closed(position: &DebtPosition, plan: i64, now: DateTime<Utc>) -> Option<Standing> {
    let begun = |option: &PaymentOption| option.plan == plan && option.state.is_paid();
    match position.status_at(now) {
        PositionStatus::Invalid | PositionStatus::Expired => Some(Standing::new("INVALID", CLOSED)),
        // A debt that was paid twice was paid by both.
        _ if position.begun().rivals(plan) && !position.options.iter().any(begun) => {
            Some(Standing::new("INVALID", ANOTHER_CHOSEN))
        }
        _ => None,
    }
}

fn of_plan(options: &[&PaymentOption], now: DateTime<Utc>) -> Standing {
    let paid = options.iter().filter(|option| option.state.is_paid()).count();
    let overdue = options.iter().all(|option| option.due_date < now);
    match paid {
        _ if paid == options.len() => Standing::new("PAID", "All installments have been paid"),
        1.. => Standing::new("PARTIALLY_PAID", "Some installments already paid"),
        0 if overdue && options.iter().any(|option| option.switch_to_expired) => {
            Standing::new("EXPIRED_NOT_PAYABLE", "Group expired and not payable")
        }
        0 if overdue => Standing::new("EXPIRED_UNPAID", "Group expired but still payable"),
        0 => Standing::new("UNPAID", "No installment has been paid"),
    }
}

fn of_instalment(option: &PaymentOption, now: DateTime<Utc>) -> Standing {
    match option.due_date < now {
        _ if option.state.is_paid() => Standing { status: "PAID", reason: None },
        true if option.switch_to_expired => Standing::new("EXPIRED_NOT_PAYABLE", "Expired and not payable"),
        true => Standing::new("EXPIRED_UNPAID", "Expired but payable"),
        false => Standing { status: "UNPAID", reason: None },
    }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::*;
    use crate::domain::payment::{OptionState, Payment, Reported};
    use crate::domain::position::tests::{a_position, an_option, today};

    /// Options as `plan state due [expires]`: `0 unpaid +1, 1 paid -1 expires`.
    fn options(text: &str) -> Vec<PaymentOption> {
        let option = |text: &str| {
            let words: Vec<&str> = text.split_whitespace().collect();
            let paid = |reported| OptionState::Paid { reported, payment: Payment::default() };
            let mut option = an_option();
            option.plan = words[0].parse().unwrap();
            option.is_partial_payment = option.plan == 0;
            option.state = match words[1] {
                "unpaid" => OptionState::Unpaid,
                "paid" => paid(Reported::No),
                _ => paid(Reported::Fully),
            };
            option.due_date = today() + Duration::days(words[2].parse().unwrap());
            option.switch_to_expired = words.contains(&"expires");
            option
        };
        text.split(',').map(option).collect()
    }

    #[test]
    fn where_plans_and_instalments_stand() {
        let table = "
            position | options                                     | plans and their instalments
            VALID    | 1 unpaid +1                                 | UNPAID: UNPAID
            DRAFT    | 1 unpaid +1                                 | UNPAID: UNPAID
            INVALID  | 1 unpaid +1                                 | INVALID: INVALID
            EXPIRED  | 1 unpaid -1                                 | INVALID: INVALID
            VALID    | 1 unpaid -1 expires                         | INVALID: INVALID
            VALID    | 1 unpaid 0 expires                          | UNPAID: UNPAID
            VALID    | 1 unpaid -1                                 | EXPIRED_UNPAID: EXPIRED_UNPAID
            VALID    | 0 unpaid -1, 0 unpaid +1                    | UNPAID: EXPIRED_UNPAID UNPAID
            VALID    | 0 unpaid -1 expires, 0 unpaid -2            | EXPIRED_NOT_PAYABLE: EXPIRED_UNPAID EXPIRED_NOT_PAYABLE
            VALID    | 0 unpaid +2, 1 unpaid +1                    | UNPAID: UNPAID; UNPAID: UNPAID
            VALID    | 0 unpaid +2, 1 unpaid -1 expires            | EXPIRED_NOT_PAYABLE: EXPIRED_NOT_PAYABLE; UNPAID: UNPAID
            PARTIALLY_PAID | 0 paid +1, 0 unpaid +2                | PARTIALLY_PAID: PAID UNPAID
            PARTIALLY_PAID | 0 reported -2, 0 unpaid -1            | PARTIALLY_PAID: PAID EXPIRED_UNPAID
            PARTIALLY_PAID | 0 paid +1, 0 unpaid +2, 1 unpaid +3   | PARTIALLY_PAID: PAID UNPAID; INVALID: INVALID
            PAID     | 0 paid +1, 0 paid +2                        | PAID: PAID PAID
            PAID     | 1 paid -1, 2 unpaid +1                      | PAID: PAID; INVALID: INVALID
            REPORTED | 1 reported -1                               | PAID: PAID
            PAID     | 1 paid +1, 2 paid +2                        | PAID: PAID; PAID: PAID";
        let cells = |line: &'static str| line.split('|').map(str::trim).collect::<Vec<_>>();
        for row in table.lines().skip(2).map(cells) {
            let mut position = a_position(options(row[1]));
            position.status = PositionStatus::parse(row[0]).unwrap();
            let told = |choice: &Choice<'_>| {
                let parts: Vec<_> = choice.instalments.iter().map(|(_, standing)| standing.status).collect();
                format!("{}: {}", choice.standing.status, parts.join(" "))
            };
            let choices: Vec<_> = choices(&position, today()).iter().map(told).collect();
            assert_eq!(choices.join("; "), row[2], "{} {}", row[0], row[1]);
        }
    }

    #[test]
    fn what_a_plan_adds_up_to() {
        let mut options = options("0 unpaid +3, 1 unpaid +9, 0 unpaid +2");
        options[0].validity_date = Some(today());
        options[2].plan_description = Some("TARI a rate".into());
        let position = a_position(options);
        let choices = choices(&position, today());
        assert_eq!(choices.len(), 2);
        let plan = &choices[0];
        assert_eq!((plan.cents, plan.description), (24_100, Some("TARI a rate")));
        assert_eq!((plan.due_date, plan.valid_from), (today() + Duration::days(3), Some(today())));
        assert!(plan.instalments.is_sorted_by_key(|(option, _)| option.due_date));
    }
}
