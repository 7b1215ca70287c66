//! The notices of a benchmark's store, by their numbers: which debts there are and what each owes.

use std::ops::Range;

use chrono::{DateTime, Duration, Utc};
use ec_station::domain::amount::{Amount, AmountOrZero};
use ec_station::domain::codes::{Iupd, Iuv, Nav, OrganizationCode, check_digits};
use ec_station::domain::debtor::{Debtor, PersonKind};
use ec_station::domain::position::{
    Account, DebtPosition, OptionState, PaymentOption, PositionStatus, ServiceType, Transfer, TransferId,
};
use ec_station::domain::registry::{Organization, StationLink};

/// The creditor, its broker too.
pub const ORGANIZATION: &str = "99000001018";
/// Its station.
pub const STATION: &str = "99000001018_01";
/// Its account.
pub const IBAN: &str = "IT41P9999911111000000123456";
/// What every transfer of a benchmark moves.
pub const TRANSFER_EURO: &str = "120.50";

const TRANSFER_CENTS: i64 = 12_050;

/// Notices with one transfer, to be asked for.
pub fn single(count: u64) -> Range<u64> {
    0..count
}

/// Notices with five transfers, to be asked for.
pub fn fivefold(count: u64) -> Range<u64> {
    FIVEFOLD..FIVEFOLD + count
}

/// Notices with one transfer, to be paid.
pub fn unpaid(count: u64) -> Range<u64> {
    UNPAID..UNPAID + count
}

const FIVEFOLD: u64 = 1_000_000_000_000;
const UNPAID: u64 = 2_000_000_000_000;

/// The eighteen digits of a notice.
pub fn nav(number: u64) -> String {
    let digits = format!("307{number:013}");
    let check = check_digits(&digits);
    digits + &check
}

/// Who is served.
pub fn organization() -> Organization {
    Organization {
        fiscal_code: ORGANIZATION.into(),
        company_name: "Comune di Borgolieve".into(),
        office_name: None,
        active: true,
        stations: vec![StationLink {
            id_station: STATION.into(),
            id_broker: ORGANIZATION.into(),
            aux_digit: 3,
            segregation_code: Some("07".into()),
            broadcast: false,
        }],
        ibans: None,
        letterhead: None,
    }
}

/// The debt of a notice, payable now and for a month.
pub fn position(number: u64, now: DateTime<Utc>) -> DebtPosition {
    let nav = nav(number);
    let transfers = if (FIVEFOLD..UNPAID).contains(&number) { 5 } else { 1 };
    DebtPosition {
        organization: OrganizationCode::new(ORGANIZATION),
        iupd: Iupd::new(format!("IUPD-{nav}")),
        company_name: "Comune di Borgolieve".into(),
        office_name: Some("Ufficio Tributi".into()),
        pay_stand_in: true,
        service_type: ServiceType::Gpd,
        status: PositionStatus::Valid,
        publish_date: Some(now - Duration::days(1)),
        payment_date: None,
        options: vec![PaymentOption {
            iuv: Iuv::new(&nav[1..]),
            nav: Nav::new(nav),
            amount: cents(TRANSFER_CENTS * transfers),
            notification_fee: AmountOrZero::default(),
            description: "TARI 2026 rata unica".into(),
            plan_description: None,
            debtor: debtor(),
            is_partial_payment: false,
            plan: 1,
            validity_date: None,
            due_date: now + Duration::days(30),
            retention_date: None,
            switch_to_expired: false,
            metadata: vec![],
            transfers: (1..=transfers).map(transfer).collect(),
            state: OptionState::Unpaid,
        }],
    }
}

fn cents(cents: i64) -> Amount {
    Amount::from_cents(cents).expect("an amount")
}

fn transfer(id: i64) -> Transfer {
    Transfer {
        id: TransferId::new(id).expect("one to five"),
        amount: cents(TRANSFER_CENTS),
        organization: OrganizationCode::new(ORGANIZATION),
        company_name: None,
        remittance_information: "TARI 2026".into(),
        category: "0101101IM".into(),
        account: Account::Iban { iban: IBAN.into(), postal_iban: None },
        metadata: vec![],
        reported: false,
    }
}

fn debtor() -> Debtor {
    Debtor {
        kind: PersonKind::Natural,
        fiscal_code: "VRDPNC70A01Z999J".into(),
        full_name: "Pancrazio Verdelli".into(),
        street_name: Some("Via dei Tigli".into()),
        civic_number: Some("12/A".into()),
        postal_code: Some("00100".into()),
        city: Some("Borgolieve".into()),
        province: Some("RM".into()),
        region: None,
        country: Some("IT".into()),
        email: Some("p.verdelli@example.org".into()),
        phone: None,
    }
}
