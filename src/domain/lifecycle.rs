//! The life of a position (`gpd-api` 6): one state machine for REST, SOAP and the loader.
//!
//! What time does is computed whenever somebody looks; what operators do is a function that gives the position as it
//! is afterwards, or says why not.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::amount::{Amount, AmountOrZero};
use super::codes::{Iuv, OrganizationCode};
use super::denial::Denial;
use super::payment::{OptionState, Payment, Reported};
use super::position::{Account, DebtPosition, PaymentOption, PositionStatus, ServiceType, Transfer};
use super::settlement::{Paid, paid};

impl DebtPosition {
    /// The status once time has done its part: published becomes valid, valid becomes expired (`gpd-api` 6.1).
    pub fn status_at(&self, now: DateTime<Utc>) -> PositionStatus {
        let opened = match self.status {
            PositionStatus::Published if self.opens_at().is_none_or(|from| from <= now) => PositionStatus::Valid,
            other => other,
        };
        let expired = self.expires_at().is_some_and(|at| at < now);
        if opened == PositionStatus::Valid && expired { PositionStatus::Expired } else { opened }
    }

    /// Publishes a draft: valid at once, or later when every option says so. Options without a date are valid from now.
    pub fn publish(&mut self, now: DateTime<Utc>) {
        let valid = self.opens_at().is_none_or(|from| from <= now);
        self.status = if valid { PositionStatus::Valid } else { PositionStatus::Published };
        self.publish_date = Some(now);
        for option in &mut self.options {
            option.validity_date.get_or_insert(now);
        }
    }

    /// From when it is payable once it is published: the first of its options' dates; none means from the publication.
    pub fn opens_at(&self) -> Option<DateTime<Utc>> {
        if self.options.iter().any(|option| option.validity_date.is_none()) {
            return None;
        }
        self.options.iter().filter_map(|option| option.validity_date).min()
    }

    /// After which moment it is expired if nobody pays: the last due date, where every option expires.
    pub fn expires_at(&self) -> Option<DateTime<Utc>> {
        let expires = self.options.iter().all(|option| option.switch_to_expired && !option.state.is_paid());
        self.options.iter().map(|option| option.due_date).max().filter(|_| expires)
    }

    /// The status that follows from what is paid (`gpd-api` 6.3): some plan complete, some option paid, or as before.
    pub fn status_after_payment(&self) -> PositionStatus {
        // Of each plan, whether all of it is paid and whether all of it is reported.
        let mut plans: HashMap<i64, (bool, bool)> = HashMap::new();
        for option in &self.options {
            let (paid, reported) = plans.entry(option.plan).or_insert((true, true));
            *paid &= option.state.is_paid();
            *reported &= matches!(option.state, OptionState::Paid { reported: Reported::Fully, .. });
        }
        if plans.values().any(|(_, reported)| *reported) {
            PositionStatus::Reported
        } else if plans.values().any(|(paid, _)| *paid) {
            PositionStatus::Paid
        } else if self.options.iter().any(|o| o.state.is_paid()) {
            PositionStatus::PartiallyPaid
        } else {
            self.status
        }
    }

    /// Which plans have a paid option.
    pub fn begun(&self) -> Begun {
        self.options.iter().filter(|option| option.state.is_paid()).fold(Begun::None, |begun, option| match begun {
            Begun::None => Begun::One(option.plan),
            Begun::One(plan) if plan == option.plan => begun,
            _ => Begun::Several,
        })
    }

    /// How many plans of instalments it has; version 1 of the API knows one.
    pub fn instalment_plans(&self) -> usize {
        let mut plans: Vec<i64> = self.options.iter().filter(|o| o.is_partial_payment).map(|o| o.plan).collect();
        plans.sort_unstable();
        plans.dedup();
        plans.len()
    }

    /// The place of the option with this notice number; else of the one with this IUV.
    pub fn option_of(&self, number: &str) -> Option<usize> {
        let place = |wanted: &dyn Fn(&PaymentOption) -> bool| self.options.iter().position(wanted);
        place(&|option| option.nav.as_str() == number).or_else(|| place(&|option| option.iuv.as_str() == number))
    }
}

/// Publishes a draft on request; its dates must still be ahead.
pub fn publish(position: &DebtPosition, now: DateTime<Utc>) -> Result<DebtPosition, Denial> {
    let iupd = || position.iupd.clone();
    if position.status != PositionStatus::Draft {
        return Err(Denial::NotPublishable(iupd()));
    }
    if position.options.iter().filter_map(|option| option.validity_date).min().is_some_and(|from| from < now) {
        return Err(Denial::ValidityBegun(iupd()));
    }
    if position.options.iter().any(|option| option.due_date < now) {
        return Err(Denial::DueDatePassed(iupd()));
    }
    if position.options.iter().any(|option| option.validity_date.is_some_and(|from| option.due_date < from)) {
        return Err(Denial::DueBeforeValidity(iupd()));
    }
    let mut published = position.clone();
    published.publish(now);
    Ok(published)
}

/// Cancels what is published. What has expired meanwhile cannot be cancelled.
pub fn invalidate(position: &DebtPosition, now: DateTime<Utc>) -> Result<DebtPosition, Denial> {
    match position.status_at(now) {
        PositionStatus::Published | PositionStatus::Valid => {
            Ok(DebtPosition { status: PositionStatus::Invalid, ..position.clone() })
        }
        _ => Err(Denial::NotInvalidable(position.iupd.clone())),
    }
}

/// Whether a position may be deleted: nothing of it was paid.
pub fn delete(position: &DebtPosition) -> Result<(), Denial> {
    use PositionStatus::*;
    match position.status {
        PartiallyPaid | Paid | Reported => Err(Denial::HasPayment(position.iupd.clone())),
        Draft | Published | Valid | Invalid | Expired => Ok(()),
    }
}

/// Replaces the content of a position. It is a draft again unless it is published at once. The notification fees that
/// are known of its options go on being collected.
pub fn update(
    stored: &DebtPosition,
    mut content: DebtPosition,
    to_publish: bool,
    now: DateTime<Utc>,
) -> Result<DebtPosition, Denial> {
    let status = stored.status_at(now);
    if !status.is_updatable() {
        return Err(Denial::NotUpdatable(stored.iupd.clone()));
    }
    content.service_type = stored.service_type;
    content.status = PositionStatus::Draft;
    content.publish_date = None;
    let mut content = keep_fees(stored, content)?;
    if to_publish {
        if status == PositionStatus::Valid {
            keep_validity(stored, &mut content, now);
        }
        content.publish(now);
    }
    Ok(content)
}

/// New content that goes on collecting the notification fees that are known of its options.
pub fn keep_fees(stored: &DebtPosition, mut content: DebtPosition) -> Result<DebtPosition, Denial> {
    let known = by_iuv(stored);
    for option in &mut content.options {
        let Some(known) = known.get(&option.iuv) else { continue };
        if known.notification_fee.cents() > 0 {
            *option = with_fee(option, known.notification_fee, &stored.organization)
                .ok_or_else(|| Denial::FeeLost(stored.iupd.clone()))?;
        }
    }
    Ok(content)
}

/// What was valid and is published again without a date has been valid all the time; what was still to come begins now.
fn keep_validity(stored: &DebtPosition, content: &mut DebtPosition, now: DateTime<Utc>) {
    let (known, opens_at) = (by_iuv(stored), stored.opens_at());
    for option in content.options.iter_mut().filter(|option| option.validity_date.is_none()) {
        let since = known.get(&option.iuv).map_or(opens_at, |known| known.validity_date);
        option.validity_date = since.filter(|from| *from <= now);
    }
}

/// The options of a position by their IUVs.
fn by_iuv(position: &DebtPosition) -> HashMap<&Iuv, &PaymentOption> {
    position.options.iter().map(|option| (&option.iuv, option)).collect()
}

/// What whoever asks for one of its options is shown (`gpd-api` 6.5): the option's place, and where the position stands
/// as seen from there. What another payment has closed and what is not valid yet is not found; what was paid is.
pub fn look_at(position: &DebtPosition, number: &str, now: DateTime<Utc>) -> Result<(usize, PositionStatus), Denial> {
    use PositionStatus::*;
    let unknown = || Denial::UnknownOption(number.into());
    let at = position.option_of(number).ok_or_else(unknown)?;
    let (option, status) = (&position.options[at], position.status_at(now));
    if option.state.is_paid() {
        return Ok((at, status));
    }
    let to_come = option.validity_date.is_some_and(|from| from > now);
    if to_come || matches!(status, Paid | Reported) || position.begun().rivals(option.plan) {
        return Err(unknown());
    }
    let expired = matches!(status, Valid | PartiallyPaid) && option.has_expired(now);
    Ok((at, if expired { Expired } else { status }))
}

/// Records a payment that somebody says was made (`gpd-api` 6.3): neither the state of the position nor its dates
/// matter, since the money has been collected. What another payment has closed is not found any more.
pub fn pay(position: &DebtPosition, number: &str, payment: Payment) -> Result<Paid, Denial> {
    let at = position.option_of(number).ok_or_else(|| Denial::UnknownOption(number.into()))?;
    let option = &position.options[at];
    let paid_single = position.options.iter().any(|other| !other.is_partial_payment && other.state.is_paid());
    if position.status.is_settled() || paid_single || option.state.is_paid() {
        return Err(Denial::OptionPaid(number.into()));
    }
    if position.begun().rivals(option.plan) {
        return Err(Denial::UnknownOption(number.into()));
    }
    Ok(paid(position, at, payment))
}

/// Marks a transfer as found in the reporting flows (`gpd-api` 6.4), and gives the place of its option. Positions of
/// the platform's archive may be reported before they are known to be paid.
pub fn report(
    position: &DebtPosition,
    iuv: &str,
    id: &str,
    now: DateTime<Utc>,
) -> Result<(DebtPosition, usize), Denial> {
    let unknown = || Denial::UnknownTransfer { iuv: iuv.into(), id: id.into() };
    let refused = || Denial::NotReportable { iuv: iuv.into(), id: id.into() };
    let at = position.options.iter().position(|option| option.iuv.as_str() == iuv).ok_or_else(unknown)?;
    let of_archive = position.service_type == ServiceType::Aca;
    let reportable = match position.status_at(now) {
        PositionStatus::Paid | PositionStatus::PartiallyPaid => true,
        PositionStatus::Valid => of_archive,
        _ => false,
    };
    let mut reported = position.clone();
    let option = &mut reported.options[at];
    // Two organizations may each have a transfer of this number in one option.
    let of_this_number = option.transfers.iter_mut().filter(|transfer| transfer.id.get().to_string() == id);
    let transfer = of_this_number.min_by_key(|transfer| transfer.reported).ok_or_else(unknown)?;
    let option_reportable = match option.state {
        OptionState::Paid { reported, .. } => reported != Reported::Fully,
        OptionState::Unpaid => of_archive,
    };
    if !reportable || !option_reportable || transfer.reported {
        return Err(refused());
    }
    transfer.reported = true;
    let all = option.transfers.iter().all(|transfer| transfer.reported);
    let mut payment = option.state.payment().cloned().unwrap_or_default();
    payment.details.reporting_date.get_or_insert(now);
    option.state = OptionState::Paid { reported: if all { Reported::Fully } else { Reported::Partially }, payment };
    reported.status = reported.status_after_payment();
    Ok((reported, at))
}

/// Sets what the notification of an option cost, in place of what was known (`gpd-api` 10.4).
pub fn set_fee(position: &DebtPosition, number: &str, fee: AmountOrZero) -> Result<(DebtPosition, usize), Denial> {
    let at = position.option_of(number).ok_or_else(|| Denial::UnknownOption(number.into()))?;
    let option = &position.options[at];
    if option.state.is_paid() {
        return Err(Denial::FeeOfPaidOption(number.into()));
    }
    let charged = without_fee(option, &position.organization)
        .and_then(|option| with_fee(&option, fee, &position.organization))
        .ok_or_else(|| Denial::NoTransferForFee(option.iuv.as_str().into()))?;
    let mut changed = position.clone();
    changed.options[at] = charged;
    Ok((changed, at))
}

/// An option that collects a notification fee through its primary transfer; none where there is no such transfer.
fn with_fee(option: &PaymentOption, fee: AmountOrZero, organization: &OrganizationCode) -> Option<PaymentOption> {
    let mut charged = option.clone();
    let transfer = primary_transfer(&mut charged, organization)?;
    transfer.amount = Amount::from_cents(transfer.amount.cents().checked_add(fee.cents())?).ok()?;
    charged.amount = Amount::from_cents(charged.amount.cents().checked_add(fee.cents())?).ok()?;
    charged.notification_fee = fee;
    Some(charged)
}

/// An option as its creditor wrote it: without the notification fee.
pub fn without_fee(option: &PaymentOption, organization: &OrganizationCode) -> Option<PaymentOption> {
    let fee = option.notification_fee.cents();
    let mut bare = option.clone();
    bare.notification_fee = AmountOrZero::default();
    if fee > 0 {
        let transfer = primary_transfer(&mut bare, organization)?;
        transfer.amount = Amount::from_cents(transfer.amount.cents() - fee).ok()?;
        bare.amount = Amount::from_cents(bare.amount.cents() - fee).ok()?;
    }
    Some(bare)
}

/// The organization's own transfer with the lowest number.
fn primary_transfer<'o>(option: &'o mut PaymentOption, organization: &OrganizationCode) -> Option<&'o mut Transfer> {
    option.transfers.iter_mut().filter(|transfer| transfer.organization == *organization).min_by_key(|t| t.id)
}

/// Replaces an account on the unpaid options of a position (`gpd-api` 7.8), at most so often; gives how often it did.
pub fn move_account(position: &mut DebtPosition, from: &str, to: &str, most: usize, now: DateTime<Utc>) -> usize {
    use PositionStatus::*;
    if !matches!(position.status_at(now), Draft | Published | Valid | PartiallyPaid) {
        return 0;
    }
    let unpaid = position.options.iter_mut().filter(|option| !option.state.is_paid());
    let accounts = unpaid.flat_map(|option| &mut option.transfers).map(|transfer| &mut transfer.account);
    let mut moved = 0;
    for account in accounts {
        if let Account::Iban { iban, .. } = account
            && iban == from
            && moved < most
        {
            to.clone_into(iban);
            moved += 1;
        }
    }
    moved
}

/// Which plans of a position have a paid option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun {
    /// None.
    None,
    /// This one.
    One(i64),
    /// More than one: the debt was paid twice.
    Several,
}

impl Begun {
    /// Whether an option of a plan other than this one has been paid.
    pub fn rivals(self, plan: i64) -> bool {
        match self {
            Begun::None => false,
            Begun::One(begun) => begun != plan,
            Begun::Several => true,
        }
    }
}
