//! What already happened to a position in another system: its states and payments are honoured (`gpd-api` 6), and a
//! history that contradicts itself is refused. The rule behind most of it: the state of a position follows from what
//! is paid, so the two are told apart only to be compared.

use std::collections::HashSet;

use chrono::{DateTime, Timelike, Utc};

use super::defect::Complaint;
use super::given::Given;
use super::inspector::Inspector;
use super::model;
use crate::domain::position::{DebtPosition, OptionState, Payment, PaymentOption, PositionStatus, Reported};

/// What a position says of its past.
pub(super) struct Past {
    pub status: PositionStatus,
    pub publish_date: Option<DateTime<Utc>>,
    pub payment_date: Option<DateTime<Utc>>,
}

/// The past of a position; without a history it has none.
pub(super) fn position(inspector: &mut Inspector<'_>, given: &model::Position) -> Past {
    if !inspector.rules.history {
        return Past { status: PositionStatus::Draft, publish_date: None, payment_date: None };
    }
    let status = match inspector.optional("status", &given.status) {
        None => PositionStatus::Draft,
        Some(name) => {
            let status = PositionStatus::parse(name).ok_or_else(|| {
                Complaint::new(
                    "is not a state of a position",
                    "write DRAFT, PUBLISHED, VALID, INVALID, EXPIRED, PARTIALLY_PAID, PAID or REPORTED",
                )
            });
            inspector.held("status", status).unwrap_or(PositionStatus::Draft)
        }
    };
    let publish_date = past_date(inspector, "publishDate", &given.publish_date);
    let payment_date = past_date(inspector, "paymentDate", &given.payment_date);
    Past { status, publish_date, payment_date }
}

/// The payment of an option.
pub(super) fn option(inspector: &mut Inspector<'_>, given: &model::PaymentOption) -> OptionState {
    let date = past_date(inspector, "paymentDate", &given.payment_date);
    let receipt_id = inspector.optional_text("idReceipt", &given.id_receipt).filter(|id| !id.trim().is_empty());
    let name = inspector.optional("status", &given.status).map_or("PO_UNPAID", String::as_str);
    let (dated, receipted) = (date.is_some(), receipt_id.is_some());
    let state = OptionState::parse(name, Payment { date, receipt_id, ..Payment::default() }).ok_or_else(|| {
        Complaint::new(
            "is not a state of a payment option",
            "write PO_UNPAID, PO_PAID, PO_PARTIALLY_REPORTED or PO_REPORTED",
        )
    });
    let Some(state) = inspector.held("status", state) else { return OptionState::Unpaid };
    if !state.is_paid() && dated {
        inspector.note("paymentDate", unpaid_but("a payment date"));
    }
    if !state.is_paid() && receipted {
        inspector.note("idReceipt", unpaid_but("a receipt"));
    }
    let transfers = given.transfer.value().map_or(0, Vec::len);
    if matches!(state, OptionState::Paid { reported: Reported::Partially, .. }) && transfers == 1 {
        let cure = "write PO_PAID or PO_REPORTED";
        inspector.note("status", Complaint::new("a single transfer cannot be reported in part", cure));
    }
    state
}

/// The position with what its history implies; contradictions are noted.
pub(super) fn complete(inspector: &mut Inspector<'_>, mut position: DebtPosition) -> DebtPosition {
    if !inspector.rules.history {
        return position;
    }
    check_plans(inspector, &position);
    check_receipts(inspector, &position);
    if let Err(complaint) = check_status(&position, inspector.rules.now) {
        inspector.note("status", complaint);
    } else if let Err(complaint) = check_payment_date(&position) {
        inspector.note("paymentDate", complaint);
    }
    if position.status == PositionStatus::Draft && position.publish_date.is_some() {
        let cure = "write VALID or what else it is as its status, or take this out";
        inspector.note("publishDate", Complaint::new("is given, but the position is a draft", cure));
    }
    if is_settled(position.status) {
        position.payment_date = position.payment_date.or_else(|| last_payment(&position));
    }
    position
}

/// A payment date or the like: what happened lies in the past.
fn past_date(inspector: &mut Inspector<'_>, field: &'static str, given: &Given<String>) -> Option<DateTime<Utc>> {
    let date = inspector.date(field, given)?;
    if date > inspector.rules.now {
        inspector.note(field, Complaint::new("is in the future", "correct the date: it is in UTC"));
    }
    Some(date)
}

fn unpaid_but(what: &str) -> Complaint {
    Complaint::new(format!("an unpaid option has {what}"), "write PO_PAID as its status, or take this out")
}

/// Paying one plan closes the others.
fn check_plans(inspector: &mut Inspector<'_>, position: &DebtPosition) {
    let mut paid = position.options.iter().enumerate().filter(|(_, option)| option.state.is_paid());
    let Some((_, first)) = paid.next() else { return };
    if let Some((at, _)) = paid.find(|(_, option)| option.plan != first.plan) {
        let cure = "keep the payment that settled the position; the other one is a double payment, to be refunded";
        inspector.note_option(at, "status", Complaint::new("an option of another plan is paid too", cure));
    }
}

/// A receipt settles one notice.
fn check_receipts(inspector: &mut Inspector<'_>, position: &DebtPosition) {
    let mut seen = HashSet::new();
    for (at, option) in position.options.iter().enumerate() {
        if let Some(id) = option.state.payment().and_then(|payment| payment.receipt_id.as_deref())
            && !seen.insert(id)
        {
            let complaint = Complaint::new("the receipt is on another option too", "give each payment its own receipt");
            inspector.note_option(at, "idReceipt", complaint);
        }
    }
}

/// Whether the state of a position agrees with what is paid, its dates and now.
fn check_status(position: &DebtPosition, now: DateTime<Utc>) -> Result<(), Complaint> {
    use PositionStatus::*;
    let contradiction = |reason: String| Err(Complaint::new(reason, "correct the status, or what contradicts it"));
    let name = position.status.as_str();
    if position.options.iter().any(|option| option.state.is_paid()) {
        let follows = position.status_after_payment();
        return match follows == position.status {
            true => Ok(()),
            false => contradiction(format!("is {name}, but what is paid makes it {}", follows.as_str())),
        };
    }
    let any = |wanted: &dyn Fn(&PaymentOption) -> bool| position.options.iter().any(wanted);
    match position.status {
        PartiallyPaid | Paid | Reported => Err(Complaint::new(
            format!("is {name}, but no option is paid"),
            "write PO_PAID as the status of the payment option that is paid, or correct this one",
        )),
        Published if any(&|option| option.validity_date.is_none()) => {
            contradiction("is PUBLISHED, which means valid from a later date, without a validityDate".into())
        }
        Valid if any(&|option| option.validity_date.is_some_and(|from| from > now)) => {
            contradiction("is VALID, but its validityDate is in the future".into())
        }
        Expired if any(&|option| !option.has_expired(now)) => {
            contradiction("is EXPIRED, but an option does not expire or is not past its due date".into())
        }
        Draft | Published | Valid | Invalid | Expired => Ok(()),
    }
}

/// Whether the date of the settlement agrees with the state and with the payments.
fn check_payment_date(position: &DebtPosition) -> Result<(), Complaint> {
    let Some(settled) = position.payment_date else { return Ok(()) };
    if !is_settled(position.status) {
        let reason = format!("is given, but the position is {}, not settled", position.status.as_str());
        return Err(Complaint::new(reason, "take it out, or correct the status"));
    }
    // Other systems keep one of the two to the second.
    let second = |at: DateTime<Utc>| at.with_nanosecond(0).unwrap_or(at);
    match last_payment(position) {
        Some(last) if second(settled) < second(last) => {
            Err(Complaint::new("is before the payment of an option", "write the date of the last payment"))
        }
        _ => Ok(()),
    }
}

fn is_settled(status: PositionStatus) -> bool {
    matches!(status, PositionStatus::Paid | PositionStatus::Reported)
}

fn last_payment(position: &DebtPosition) -> Option<DateTime<Utc>> {
    position.options.iter().filter_map(|option| option.state.payment()?.date).max()
}
