//! The demo's fictional data: one notice in each state that a newcomer should see.

use chrono::{DateTime, Duration, Utc};

use crate::domain::amount::{Amount, AmountOrZero};
use crate::domain::codes::{Iupd, Iuv, Nav, NoticeNumber, OrganizationCode, check_digits};
use crate::domain::debtor::{Debtor, PersonKind};
use crate::domain::position::{
    Account, DebtPosition, MapEntry, OptionState, Payment, PaymentOption, PositionStatus, Reported, ServiceType,
    StampRequest, Transfer, TransferId,
};

const COMUNE: &str = "99000001018";
const PROVINCIA: &str = "99000002024";
const BANK: &str = "IT41P9999911111000000123456";
const POSTAL: &str = "IT94G0760199999000099999999";
const PROVINCIA_BANK: &str = "IT93I9999922222000000654321";

/// A notice of the demo and what the station answers to its verify.
pub(super) struct DemoNotice {
    /// Its position.
    pub(super) position: DebtPosition,
    /// Which option of it.
    at: usize,
    /// The expected answer.
    pub(super) answer: &'static str,
}

impl DemoNotice {
    pub(super) fn option(&self) -> &PaymentOption {
        &self.position.options[self.at]
    }
}

/// About a dozen notices, the first of them payable; options of one position stand together.
pub(super) fn demo_notices(now: DateTime<Utc>) -> Vec<DemoNotice> {
    let (past, soon) = (now - Duration::days(30), now + Duration::days(60));
    let mut number = 0;
    let mut option = |cents, description: &str| {
        number += 1;
        an_option(number, cents, description, soon)
    };
    let paid = || OptionState::Paid {
        reported: Reported::No,
        payment: Payment {
            date: Some(past),
            receipt_id: Some("2b6e4c50a8e1f0925d7b6c433fa9c1d2".into()),
            ..Payment::default()
        },
    };
    use PositionStatus::{Draft, Invalid, Paid, PartiallyPaid, Published, Valid};
    let mut notices = Vec::new();
    let mut position = |status, options: Vec<(PaymentOption, &'static str)>| {
        let answers: Vec<_> = options.iter().map(|(_, answer)| *answer).collect();
        let position = a_position(status, options.into_iter().map(|(option, _)| option).collect(), past);
        let position = DebtPosition { payment_date: (status == Paid).then_some(past), ..position };
        notices.extend(answers.into_iter().enumerate().map(|(at, answer)| DemoNotice {
            position: position.clone(),
            at,
            answer,
        }));
    };

    position(Valid, vec![(option(12_050, "TARI 2026 rata unica"), "OK")]);
    position(Valid, vec![(with_postal(option(3_500, "Mensa scolastica")), "OK, also by postal slip")]);
    position(Valid, vec![(shared(option(13_650, "Pratica edilizia 2026-17")), "OK (stamp duty: get with V2)")]);
    position(
        Valid,
        vec![(PaymentOption { due_date: past, ..option(4_200, "Sanzione, tardi ma pagabile") }, "OK, overdue")],
    );
    position(
        PartiallyPaid,
        vec![
            (option(9_000, "Retta asilo, rata unica"), "ANNULLATO: instalments have begun"),
            (
                PaymentOption { state: paid(), ..instalment(option(4_500, "Retta asilo, prima rata")) },
                "DUPLICATO: paid",
            ),
            (instalment(option(4_500, "Retta asilo, seconda rata")), "OK, second instalment"),
        ],
    );
    position(Paid, vec![(PaymentOption { state: paid(), ..option(7_725, "Lampade votive 2026") }, "DUPLICATO: paid")]);
    position(Invalid, vec![(option(2_000, "Annullato dall'ente"), "ANNULLATO: cancelled")]);
    let expiring = PaymentOption { due_date: past, switch_to_expired: true, ..option(1_500, "Iscrizione al corso") };
    position(Valid, vec![(expiring, "SCADUTO: expired")]);
    position(Draft, vec![(option(5_000, "Bozza"), "SCONOSCIUTO: a draft")]);
    let later =
        PaymentOption { validity_date: Some(now + Duration::days(10)), ..option(6_000, "Valido tra dieci giorni") };
    position(Published, vec![(later, "SCONOSCIUTO: not valid yet")]);
    notices
}

fn a_position(status: PositionStatus, options: Vec<PaymentOption>, published: DateTime<Utc>) -> DebtPosition {
    DebtPosition {
        organization: OrganizationCode::new(COMUNE),
        iupd: Iupd::new(format!("DEMO-{}", options[0].iuv)),
        company_name: "Comune di Borgolieve".into(),
        office_name: Some("Ufficio Tributi".into()),
        pay_stand_in: true,
        service_type: ServiceType::Gpd,
        status,
        publish_date: (status != PositionStatus::Draft).then_some(published),
        payment_date: None,
        options,
    }
}

fn an_option(number: u32, cents: i64, description: &str, due_date: DateTime<Utc>) -> PaymentOption {
    let base = format!("307{:013}", 12_344 + number);
    let notice = NoticeNumber::parse(&format!("{base}{}", check_digits(&base))).expect("eighteen digits");
    PaymentOption {
        nav: Nav::new(notice.as_str()),
        iuv: Iuv::new(notice.iuv()),
        amount: Amount::from_cents(cents).expect("more than nothing"),
        notification_fee: AmountOrZero::default(),
        description: description.into(),
        plan_description: None,
        debtor: a_debtor(),
        is_partial_payment: false,
        plan: 1,
        validity_date: None,
        due_date,
        retention_date: None,
        switch_to_expired: false,
        metadata: vec![],
        transfers: vec![a_transfer(1, cents, COMUNE, bank(BANK, None), description)],
        state: OptionState::Unpaid,
    }
}

fn a_debtor() -> Debtor {
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

fn a_transfer(id: i64, cents: i64, organization: &str, account: Account, reason: &str) -> Transfer {
    Transfer {
        id: TransferId::new(id).expect("one to five"),
        amount: Amount::from_cents(cents).expect("more than nothing"),
        organization: OrganizationCode::new(organization),
        company_name: None,
        remittance_information: reason.into(),
        category: "0101101IM".into(),
        account,
        metadata: vec![],
        reported: false,
    }
}

fn bank(iban: &str, postal_iban: Option<&str>) -> Account {
    Account::Iban { iban: iban.into(), postal_iban: postal_iban.map(Into::into) }
}

fn instalment(option: PaymentOption) -> PaymentOption {
    PaymentOption { is_partial_payment: true, plan: 0, ..option }
}

fn with_postal(mut option: PaymentOption) -> PaymentOption {
    option.transfers[0].account = bank(BANK, Some(POSTAL));
    option.metadata = vec![MapEntry { key: "IdPratica".into(), value: "MENSA-2026-000123".into() }];
    option
}

/// Two beneficiaries and a digital stamp.
fn shared(mut option: PaymentOption) -> PaymentOption {
    // SHA-256 of the text "Istanza di esempio n. 1".
    let hash = "Xr870T9/vS4ZL01FtdXuTRqyGRUK0N1hxcQCERhIgEk=".to_owned();
    let stamp = Account::Stamp(StampRequest { hash, kind: "01".into(), province: "RM".into() });
    option.transfers = vec![
        a_transfer(1, 10_000, COMUNE, bank(BANK, Some(POSTAL)), "Diritti di segreteria"),
        a_transfer(2, 2_050, PROVINCIA, bank(PROVINCIA_BANK, None), "Quota provinciale"),
        a_transfer(3, 1_600, COMUNE, stamp, "Imposta di bollo"),
    ];
    option
}
