//! What a receipt does: table D of `domain` 4.6 as one pure function.
//!
//! The money has moved. Whatever is odd becomes an anomaly for a person to look at; only a recipient that has no part
//! in the payment is refused, and even that receipt is kept.

use chrono::{DateTime, Datelike, Utc};

use super::amount::AmountOrZero;
use super::anomaly::{Anomaly, AnomalyKind};
use super::codes::Nav;
use super::denial::Denial;
use super::lifecycle::{self, Begun};
use super::payment::{OptionState, Payment, PaymentDetails};
use super::position::{Account, DebtPosition, PaymentOption, PositionStatus};
use super::receipt::{Details, Outcome, Receipt, ReceiptKind};
use super::refusal::Refusal;
use super::stamp;

/// What to do with a stored receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// Why we hold it.
    pub kind: ReceiptKind,
    /// The row of table D that decided.
    pub rule: &'static str,
    /// The option to mark as paid and the status of its position from now on.
    pub paid: Option<Paid>,
    /// What a person should look at.
    pub anomalies: Vec<Anomaly>,
}

/// A payment to record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paid {
    /// Which option, by its place in the position.
    pub option: usize,
    /// Its new state.
    pub state: OptionState,
    /// The new status of the position.
    pub status: PositionStatus,
    /// Its plans that have a paid option now.
    pub begun: Begun,
}

/// What the store knows around a receipt.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    /// The position of the notice, when the recipient has it.
    pub position: Option<&'a DebtPosition>,
    /// Whether the notice's codes are routed to the station that was called.
    pub routed_here: bool,
    /// When the receipt was received.
    pub now: DateTime<Utc>,
}

/// Decides what a receipt does.
pub fn settle(receipt: &Receipt, around: Surroundings<'_>) -> Settlement {
    let mut settlement = classify(receipt, around);
    if let (ReceiptKind::Own, Outcome::Ok, Some(position)) = (settlement.kind, receipt.outcome, around.position) {
        record(receipt, position, around.now, &mut settlement);
    }
    if settlement.kind != ReceiptKind::Stranger && receipt.outcome == Outcome::Ok {
        doubt(receipt, around.position, &mut settlement);
    }
    settlement
}

/// Whose receipt it is (D3-D7).
fn classify(receipt: &Receipt, around: Surroundings<'_>) -> Settlement {
    let own = receipt.recipient == receipt.organization;
    let beneficiary = receipt.transfers.iter().any(|transfer| transfer.organization == receipt.recipient);
    let (kind, rule) = match () {
        // A notice that we hold is ours whatever its codes: the other station's copy would come second and be
        // taken for a retransmission.
        () if around.position.is_some() => (ReceiptKind::Own, "D8"),
        () if own && !around.routed_here => (ReceiptKind::Broadcast, "D6"),
        () if own => (ReceiptKind::Orphan, "D7"),
        () if beneficiary => (ReceiptKind::Beneficiary, "D5"),
        () => (ReceiptKind::Stranger, "D4"),
    };
    let rule = if receipt.outcome == Outcome::Ko { "D3" } else { rule };
    let mut anomalies = Vec::new();
    match kind {
        _ if receipt.outcome == Outcome::Ko => {}
        ReceiptKind::Orphan => anomalies.push(Anomaly::new(
            AnomalyKind::OrphanReceipt,
            format!("no position has notice {}; {} paid", receipt.notice_number, receipt.amount.euro()),
        )),
        ReceiptKind::Stranger => anomalies.push(Anomaly::new(
            AnomalyKind::NotABeneficiary,
            format!("sent to {}, which is neither creditor nor beneficiary", receipt.recipient),
        )),
        _ => {}
    }
    Settlement { kind, rule, paid: None, anomalies }
}

/// Marks the option as paid, or flags the second payment (D8-D11).
fn record(receipt: &Receipt, position: &DebtPosition, now: DateTime<Utc>, settlement: &mut Settlement) {
    let Some(at) = position.options.iter().position(|o| o.nav.as_str() == receipt.notice_number.as_str()) else {
        return;
    };
    let option = &position.options[at];
    let awaited = option.state.awaits_receipt();
    if let (OptionState::Paid { payment, .. }, false) = (&option.state, awaited) {
        // An operator has said so before the Node did.
        if payment.receipt_id.as_ref() == Some(&receipt.receipt_id) {
            return;
        }
        settlement.rule = "D10";
        settlement.anomalies.push(paid_before(payment, receipt.amount));
        return;
    }
    if position.begun().rivals(option.plan) {
        settlement.rule = "D10";
        settlement.anomalies.push(rival_paid(position));
    } else if let Some(closed) = closed_reason(position, option, now).filter(|_| !awaited) {
        settlement.rule = "D9";
        settlement.anomalies.push(Anomaly::new(AnomalyKind::PaidAfterClosing, format!("the notice was {closed}")));
    }
    if let Some(note) = difference(receipt, option) {
        if settlement.rule == "D8" {
            settlement.rule = "D11";
        }
        settlement.anomalies.push(Anomaly::new(AnomalyKind::AmountDiffers, note));
    }
    let payment = payment_of(&receipt.receipt_id, receipt.amount.cents(), &receipt.details, now);
    settlement.paid = Some(paid(position, at, payment));
}

/// The payment that a receipt tells of, as its option remembers it.
pub fn payment_of(receipt_id: &str, cents: i64, details: &Details, received_at: DateTime<Utc>) -> Payment {
    Payment {
        date: Some(paid_at(details).unwrap_or(received_at)),
        receipt_id: Some(receipt_id.to_owned()),
        paid_cents: Some(cents),
        details: Box::new(PaymentDetails {
            method: details.payment_method.clone(),
            psp_company: details.psp_company_name.clone(),
            psp_code: details.id_psp.clone(),
            psp_tax_code: details.psp_fiscal_code.clone(),
            fee_cents: details.fee.map_or(0, |fee| fee.cents()),
            ..PaymentDetails::default()
        }),
    }
}

/// What GPD says of a receipt for a position as it was before: what it says of any payment (`gpd-api` 6.3).
pub fn accepted_by_gpd(position: &DebtPosition, receipt: &Receipt) -> Result<(), Refusal> {
    match lifecycle::pay(position, receipt.notice_number.as_str(), Payment::default()) {
        Ok(_) => Ok(()),
        Err(Denial::OptionPaid(_)) => Err(Refusal::SecondPayment),
        Err(_) => Err(Refusal::RivalPayment),
    }
}

/// What an orphan receipt does once its position is loaded: the money had moved before the debt was known here. Another
/// one may have paid the same notice, or the same debt through an option of another plan; then a person is told.
pub fn settle_orphan(position: &DebtPosition, nav: &Nav, payment: Payment) -> Option<(Option<Paid>, Option<Anomaly>)> {
    let at = position.options.iter().position(|option| option.nav == *nav)?;
    let option = &position.options[at];
    match &option.state {
        // A history that was moved in knows this very payment.
        OptionState::Paid { payment: first, .. } if first.receipt_id == payment.receipt_id => Some((None, None)),
        OptionState::Paid { payment: first, .. } if !option.state.awaits_receipt() => {
            let amount = payment.paid_cents.and_then(|cents| AmountOrZero::from_cents(cents).ok());
            Some((None, Some(paid_before(first, amount.unwrap_or_default()))))
        }
        OptionState::Paid { .. } | OptionState::Unpaid => {
            let double = position.begun().rivals(option.plan).then(|| rival_paid(position));
            Some((Some(paid(position, at, payment)), double))
        }
    }
}

fn paid_before(first: &Payment, amount: AmountOrZero) -> Anomaly {
    let first: String = first.receipt_id.as_deref().unwrap_or("a payment outside pagoPA").chars().take(70).collect();
    let note = format!("the notice was already settled by {first}; a refund of {} is due", amount.euro());
    Anomaly::new(AnomalyKind::DoublePayment, note)
}

fn rival_paid(position: &DebtPosition) -> Anomaly {
    let note = format!("another option of position {} was already paid; a refund is due", position.iupd);
    Anomaly::new(AnomalyKind::DoublePayment, note)
}

/// What a payment of an option makes of its position.
pub(super) fn paid(position: &DebtPosition, at: usize, payment: Payment) -> Paid {
    let mut after = position.clone();
    let state = position.options[at].state.once_paid(payment);
    after.options[at].state = state.clone();
    Paid { option: at, state, status: after.status_after_payment(), begun: after.begun() }
}

/// Why the notice should not have been payable any more, or not yet.
fn closed_reason(position: &DebtPosition, option: &PaymentOption, now: DateTime<Utc>) -> Option<&'static str> {
    match position.status_at(now) {
        PositionStatus::Draft => Some("a draft"),
        PositionStatus::Invalid => Some("cancelled"),
        PositionStatus::Expired => Some("expired"),
        _ if option.has_expired(now) => Some("expired"),
        _ if option.validity_date.is_some_and(|from| from > now) => Some("not valid yet"),
        _ => None,
    }
}

/// How the receipt's amount and transfers differ from the option's (D11).
fn difference(receipt: &Receipt, option: &PaymentOption) -> Option<String> {
    if option.amount != receipt.amount {
        return Some(format!("{} due, {} paid", option.amount.euro(), receipt.amount.euro()));
    }
    let same = |transfer: &super::position::Transfer| {
        receipt.transfers.iter().any(|paid| {
            paid.id == i64::from(transfer.id.get())
                && transfer.amount == paid.amount
                && paid.organization == transfer.organization
        })
    };
    let all_same = option.transfers.len() == receipt.transfers.len() && option.transfers.iter().all(same);
    (!all_same).then(|| "the transfers are not those of the notice".into())
}

/// What is odd about the receipt itself (D12).
fn doubt(receipt: &Receipt, position: Option<&DebtPosition>, settlement: &mut Settlement) {
    let option = position.and_then(|p| p.options.iter().find(|o| o.nav.as_str() == receipt.notice_number.as_str()));
    let iuv = option.map_or(receipt.notice_number.iuv(), |option| option.iuv.as_str());
    if receipt.iuv.as_str() != iuv {
        settlement.anomalies.push(Anomaly::new(
            AnomalyKind::IuvMismatch,
            format!("IUV {iuv} expected for notice {}", receipt.notice_number),
        ));
    }
    if receipt.transfers_cents() != receipt.amount.cents() {
        let note = format!(
            "the transfers add up to {} cents, the amount is {}",
            receipt.transfers_cents(),
            receipt.amount.cents()
        );
        settlement.anomalies.push(Anomaly::new(AnomalyKind::TransfersMismatch, note));
    }
    for paid in &receipt.transfers {
        let requested =
            option.and_then(|o| o.transfers.iter().find(|t| i64::from(t.id.get()) == paid.id)).map(|t| &t.account);
        match (&paid.stamp, requested) {
            (Some(document), Some(Account::Stamp(request))) => {
                settlement.anomalies.extend(stamp::check(document, paid.id, paid.amount.cents(), Some(request)));
            }
            (Some(document), requested) => {
                if requested.is_some() {
                    let note = format!("transfer {}: a stamp that was not asked for", paid.id);
                    settlement.anomalies.push(Anomaly::new(AnomalyKind::StampDigestDiffers, note));
                }
                settlement.anomalies.extend(stamp::check(document, paid.id, paid.amount.cents(), None));
            }
            (None, Some(Account::Stamp(_))) => {
                let note = format!("transfer {}: the stamp is missing", paid.id);
                settlement.anomalies.push(Anomaly::new(AnomalyKind::StampUnreadable, note));
            }
            (None, _) => {}
        }
    }
}

/// When the payment was made: the receipt has local time in Rome, without a zone. The hour that autumn repeats is
/// taken as the first of the two; the text itself is kept in the receipt. A year that no database holds is no answer.
fn paid_at(details: &Details) -> Option<DateTime<Utc>> {
    let text = details.payment_date_time.as_deref()?.trim();
    let at = match DateTime::parse_from_rfc3339(text) {
        Ok(zoned) => zoned.to_utc(),
        Err(_) => {
            let local = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").ok()?;
            local.and_local_timezone(chrono_tz::Europe::Rome).earliest()?.to_utc()
        }
    };
    (1..=9999).contains(&at.year()).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::amount::{Amount, AmountOrZero};
    use crate::domain::codes::{Iuv, NoticeNumber, OrganizationCode};
    use crate::domain::payment::Reported;
    use crate::domain::position::tests::{a_position, an_option, paid, today};
    use crate::domain::position::{StampRequest, Transfer};
    use crate::domain::receipt::{ReceiptTransfer, Version};
    use crate::domain::table::rows;
    use chrono::Duration;

    fn a_receipt() -> Receipt {
        Receipt {
            version: Version::V1,
            recipient: OrganizationCode::new("99000001018"),
            receipt_id: "3fa9c1d27b6e4c50a8e1f0925d7b6c43".into(),
            notice_number: NoticeNumber::parse("307000000001234573").unwrap(),
            organization: OrganizationCode::new("99000001018"),
            outcome: Outcome::Ok,
            iuv: Iuv::new("07000000001234573"),
            amount: AmountOrZero::from_cents(12_050).unwrap(),
            transfers: vec![ReceiptTransfer {
                id: 1,
                amount: AmountOrZero::from_cents(12_050).unwrap(),
                organization: OrganizationCode::new("99000001018"),
                company_name: None,
                iban: None,
                remittance_information: None,
                category: None,
                metadata: vec![],
                stamp: None,
            }],
            details: Details { payment_date_time: Some("2026-03-10T09:41:07".into()), ..Details::default() },
        }
    }

    fn settled(receipt: &Receipt, position: Option<&DebtPosition>, routed_here: bool) -> Settlement {
        settle(receipt, Surroundings { position, routed_here, now: today() })
    }

    fn kinds(settlement: &Settlement) -> String {
        let kinds: Vec<_> = settlement.anomalies.iter().map(|a| a.kind.as_str()).collect();
        if kinds.is_empty() { "-".into() } else { kinds.join(",") }
    }

    #[test]
    fn whose_receipt_it_is() {
        // Codes: 1 is the first organization, 2 the second; beneficiaries as a list.
        let table = "
            outcome recipient creditor beneficiaries known routed | rule kind        anomalies
            OK      1         1        1             yes   yes    | D8   OWN         -
            OK      1         1        1             yes   no     | D8   OWN         -
            OK      1         1        1             no    no     | D6   BROADCAST   -
            OK      1         1        1             no    yes    | D7   ORPHAN      ORPHAN_RECEIPT
            OK      1         1        2             yes   yes    | D11  OWN         AMOUNT_DIFFERS
            OK      2         1        1,2           no    no     | D5   BENEFICIARY -
            OK      2         1        1,2           no    yes    | D5   BENEFICIARY -
            OK      2         1        1             no    no     | D4   STRANGER    NOT_A_BENEFICIARY
            KO      2         1        1             no    no     | D3   STRANGER    -
            KO      1         1        1             yes   yes    | D3   OWN         -
            KO      1         1        1             no    yes    | D3   ORPHAN      -";
        let code = |digit: &str| OrganizationCode::new(if digit == "1" { "99000001018" } else { "99000002024" });
        for row in rows(table) {
            let mut receipt = a_receipt();
            receipt.outcome = if row[0] == "OK" { Outcome::Ok } else { Outcome::Ko };
            receipt.recipient = code(row[1]);
            receipt.organization = code(row[2]);
            let share = receipt.transfers[0].clone();
            receipt.transfers =
                row[3].split(',').map(|c| ReceiptTransfer { organization: code(c), ..share.clone() }).collect();
            receipt.transfers[0].amount =
                AmountOrZero::from_cents(12_050 - 10 * (receipt.transfers.len() as i64 - 1)).unwrap();
            receipt.transfers.iter_mut().skip(1).for_each(|t| t.amount = AmountOrZero::from_cents(10).unwrap());
            let position = a_position(vec![an_option()]);
            let settlement = settled(&receipt, (row[4] == "yes").then_some(&position), row[5] == "yes");
            let found = [settlement.rule, settlement.kind.as_str(), &kinds(&settlement)].map(str::to_owned);
            assert_eq!(found, [row[6], row[7], row[8]], "{row:?}");
        }
    }

    #[test]
    fn what_a_receipt_does_to_its_position() {
        // Other options of the position: as plan+state, i for an instalment of the same plan.
        let table = "
            status    option  due       expires other paid_cents | rule new_status     anomalies
            VALID     unpaid  tomorrow  yes     -     12050      | D8   PAID           -
            VALID     unpaid  yesterday no      -     12050      | D8   PAID           -
            VALID     unpaid  yesterday yes     -     12050      | D9   PAID           PAID_AFTER_CLOSING
            EXPIRED   unpaid  yesterday yes     -     12050      | D9   PAID           PAID_AFTER_CLOSING
            INVALID   unpaid  tomorrow  no      -     12050      | D9   PAID           PAID_AFTER_CLOSING
            DRAFT     unpaid  tomorrow  no      -     12050      | D9   PAID           PAID_AFTER_CLOSING
            VALID     unpaid  tomorrow  no      -     12000      | D11  PAID           AMOUNT_DIFFERS
            INVALID   unpaid  tomorrow  no      -     12000      | D9   PAID           PAID_AFTER_CLOSING,AMOUNT_DIFFERS
            PAID      paid    tomorrow  no      -     12050      | D10  -              DOUBLE_PAYMENT
            PAID      paid    tomorrow  no      -     12000      | D10  -              DOUBLE_PAYMENT
            PAID      unpaid  tomorrow  no      2p    12050      | D10  PAID           DOUBLE_PAYMENT
            VALID     unpaid  tomorrow  no      2u    12050      | D8   PAID           -
            VALID     unpaid  tomorrow  no      iu    12050      | D8   PARTIALLY_PAID -
            PARTIALLY_PAID unpaid tomorrow no   ip    12050      | D8   PAID           -";
        for row in rows(table) {
            let mut option = an_option();
            option.due_date =
                if row[2] == "yesterday" { today() - Duration::days(1) } else { today() + Duration::days(1) };
            option.switch_to_expired = row[3] == "yes";
            option.state = if row[1] == "paid" { paid() } else { OptionState::Unpaid };
            let mut options = vec![option];
            if row[4] != "-" {
                options.push(PaymentOption {
                    nav: Nav::new("307000000001234674"),
                    plan: if row[4].starts_with('i') { 1 } else { 2 },
                    state: if row[4].ends_with('p') { paid() } else { OptionState::Unpaid },
                    ..an_option()
                });
            }
            let mut position = a_position(options);
            position.status = PositionStatus::parse(row[0]).unwrap();
            let mut receipt = a_receipt();
            receipt.amount = AmountOrZero::from_cents(row[5].parse().unwrap()).unwrap();
            receipt.transfers[0].amount = receipt.amount;
            let settlement = settled(&receipt, Some(&position), true);
            let status = settlement.paid.as_ref().map_or("-", |paid| paid.status.as_str());
            assert_eq!([settlement.rule, status, &kinds(&settlement)], [row[6], row[7], row[8]], "{row:?}");
        }
    }

    /// What an orphan finds: its notice, paid or not, by whom, and whether another plan was begun.
    #[test]
    fn what_an_orphan_does_to_its_position() {
        let payment =
            |id: &str| Payment { receipt_id: Some(id.into()), paid_cents: Some(12_050), ..Payment::default() };
        let paid_by = |id: &str| OptionState::Paid { reported: Reported::No, payment: payment(id) };
        let reported = OptionState::Paid { reported: Reported::Fully, payment: Payment::default() };
        for (nav, state, other, settles, told) in [
            ("307000000001234573", OptionState::Unpaid, OptionState::Unpaid, true, None),
            ("307000000001234573", OptionState::Unpaid, paid_by("other"), true, Some("another option of position")),
            ("307000000001234573", paid_by("orphan"), OptionState::Unpaid, false, None),
            (
                "307000000001234573",
                paid_by("first"),
                OptionState::Unpaid,
                false,
                Some("already settled by first; a refund of 120.50"),
            ),
            ("307000000001234573", reported.clone(), OptionState::Unpaid, true, None),
            ("307000000009999999", OptionState::Unpaid, OptionState::Unpaid, false, None),
        ] {
            let rival = PaymentOption { nav: Nav::new("307000000001234674"), plan: 2, state: other, ..an_option() };
            let position = a_position(vec![PaymentOption { state, ..an_option() }, rival]);
            let settled = settle_orphan(&position, &Nav::new(nav), payment("orphan"));
            assert_eq!(settled.is_some(), nav.ends_with("4573"));
            let (paid, anomaly) = settled.unwrap_or_default();
            assert_eq!(paid.is_some(), settles, "{told:?}");
            let note = anomaly.as_ref().map(|anomaly| anomaly.note.as_str());
            assert_eq!(note.is_some(), told.is_some(), "{note:?}");
            assert!(note.unwrap_or_default().contains(told.unwrap_or_default()), "{note:?}");
            assert!(anomaly.is_none_or(|anomaly| anomaly.kind == AnomalyKind::DoublePayment));
        }
    }

    #[test]
    fn what_gpd_says_of_a_payment() {
        // The other option as above; its plan is the receipt's own where it says i.
        let table = "
            status         option other | answer
            DRAFT          unpaid -     | taken
            PUBLISHED      unpaid -     | taken
            VALID          unpaid -     | taken
            INVALID        unpaid -     | taken
            EXPIRED        unpaid -     | taken
            VALID          unpaid 2u    | taken
            PARTIALLY_PAID unpaid ip    | taken
            PARTIALLY_PAID unpaid 2p    | RivalPayment
            PARTIALLY_PAID paid   iu    | SecondPayment
            PAID           unpaid 2p    | SecondPayment
            PAID           paid   -     | SecondPayment
            REPORTED       paid   2p    | SecondPayment";
        for row in rows(table) {
            let state = |is_paid| if is_paid { paid() } else { OptionState::Unpaid };
            let mut options = vec![PaymentOption { state: state(row[1] == "paid"), ..an_option() }];
            if row[2] != "-" {
                let plan = if row[2].starts_with('i') { 1 } else { 2 };
                let (nav, state) = (Nav::new("307000000001234674"), state(row[2].ends_with('p')));
                options.push(PaymentOption { nav, plan, state, is_partial_payment: true, ..an_option() });
            }
            let mut position = a_position(options);
            position.status = PositionStatus::parse(row[0]).unwrap();
            let answer = accepted_by_gpd(&position, &a_receipt());
            assert_eq!(answer.map_or_else(|no| format!("{no:?}"), |()| "taken".into()), row[3], "{row:?}");
        }
    }

    #[test]
    fn odd_receipts_are_never_refused() {
        let position = a_position(vec![an_option()]);
        let mut receipt = a_receipt();
        receipt.iuv = Iuv::new("something else");
        receipt.transfers[0].amount = AmountOrZero::from_cents(1).unwrap();
        let settlement = settled(&receipt, Some(&position), true);
        assert!(settlement.paid.is_some());
        assert_eq!(kinds(&settlement), "AMOUNT_DIFFERS,IUV_MISMATCH,TRANSFERS_MISMATCH");

        // No money moved, nobody need look.
        receipt.outcome = Outcome::Ko;
        assert_eq!(kinds(&settled(&receipt, Some(&position), true)), "-");
    }

    #[test]
    fn a_stamp_that_was_asked_for_must_come() {
        let mut option = an_option();
        let request = StampRequest { hash: "AAAA".into(), kind: "01".into(), province: "RM".into() };
        option.transfers = vec![Transfer {
            account: Account::Stamp(request),
            amount: Amount::from_cents(12_050).unwrap(),
            ..option.transfers[0].clone()
        }];
        let settlement = settled(&a_receipt(), Some(&a_position(vec![option])), true);
        assert_eq!(kinds(&settlement), "STAMP_UNREADABLE");
    }

    #[test]
    fn rome_has_an_hour_twice_and_one_never() {
        for (text, utc) in [
            ("2026-03-10T09:41:07", Some("2026-03-10T08:41:07+00:00")),
            ("2026-07-10T09:41:07.250", Some("2026-07-10T07:41:07.250+00:00")),
            ("2026-10-25T02:30:00", Some("2026-10-25T00:30:00+00:00")),
            ("2026-03-29T02:30:00", None),
            ("2026-03-10T09:41:07+05:00", Some("2026-03-10T04:41:07+00:00")),
            ("yesterday", None),
            ("+262142-12-31T00:00:00", None),
        ] {
            let mut receipt = a_receipt();
            receipt.details.payment_date_time = Some(text.into());
            assert_eq!(paid_at(&receipt.details).map(|at| at.to_rfc3339()).as_deref(), utc, "{text}");
        }
    }
}
