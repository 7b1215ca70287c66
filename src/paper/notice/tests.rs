//! What is on a notice, and what never happens to it.

use super::*;
use crate::domain::debtor::PersonKind;

fn a_creditor() -> Creditor {
    Creditor {
        fiscal_code: "99000001018".into(),
        name: "Comune di Borgolieve".into(),
        office: Some("Ufficio Tributi".into()),
        contacts: Some("Telefono 06 0000 0000\ntributi@comune.borgolieve.example".into()),
        cbill: Some("AB12C".into()),
        logo: None,
        postal_account: Some(PostalAccount {
            number: "99999999".into(),
            holder: "Comune di Borgolieve - Servizio Tesoreria".into(),
            authorization: Some("AUT. DB/SISB/GEN 00000 del 01/01/2026".into()),
        }),
        takes_payments_online: true,
        language: Language::Italian,
    }
}

fn a_payable(which: u64, cents: i64) -> Payable {
    Payable {
        nav: crate::domain::numbering::notice("07", 12_345 + which).unwrap(),
        amount: Amount::from_cents(cents).unwrap(),
        due_date: NaiveDate::from_ymd_opt(2026, 12, 31).unwrap(),
    }
}

fn a_notice(single: bool, instalments: u64) -> PaymentNotice {
    PaymentNotice {
        debtor: Debtor {
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
            email: None,
            phone: None,
        },
        subject: "TARI 2026 rata unica".into(),
        single: single.then(|| a_payable(0, 12_050)),
        instalments: (1..=instalments).map(|which| a_payable(which, 4_020)).collect(),
    }
}

#[test]
#[ignore = "draws to a folder for the eye"]
fn look() {
    let at = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
    for (name, single, n, slip, de) in [
        ("1s", true, 0, true, false),
        ("1", true, 0, false, false),
        ("3s", true, 3, true, false),
        ("2", true, 2, false, true),
        ("12s", false, 12, true, true),
        ("4s", true, 4, true, true),
    ] {
        let mut creditor = a_creditor();
        if !slip {
            creditor.postal_account = None;
        }
        if de {
            creditor.language = Language::ItalianAndGerman;
        }
        let t = std::time::Instant::now();
        let pdf = draw(&creditor, &a_notice(single, n), at).unwrap();
        eprintln!("{name} {:?} {}", t.elapsed(), pdf.len());
        std::fs::write(format!("/tmp/a/{name}.pdf"), pdf).unwrap();
    }
}
