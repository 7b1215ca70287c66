//! The receipt on paper: what stands on it, whatever came.

use chrono::TimeZone;

use super::*;
use crate::domain::amount::AmountOrZero;
use crate::domain::codes::{Iuv, NoticeNumber, OrganizationCode};
use crate::domain::receipt::{Details, Outcome, ReceiptTransfer, Subject, Version};
use crate::domain::stamp::{Stamp, StampDocument};

const COMUNE: &str = "99000001018";
const PROVINCIA: &str = "99000002024";

fn euro(cents: i64) -> AmountOrZero {
    AmountOrZero::from_cents(cents).unwrap()
}

fn person(name: &str, code: &str) -> Option<Subject> {
    let (entity_unique_identifier_value, full_name) = (Some(code.to_owned()), Some(name.to_owned()));
    Some(Subject { entity_unique_identifier_value, full_name, ..Subject::default() })
}

fn transfer(id: i64, cents: i64, organization: &str, name: Option<&str>, iban: Option<&str>) -> ReceiptTransfer {
    ReceiptTransfer {
        id,
        amount: euro(cents),
        organization: OrganizationCode::new(organization),
        company_name: name.map(str::to_owned),
        iban: iban.map(str::to_owned),
        remittance_information: Some(format!("/RFB/07000000001234573/{}/TXT/TARI 2026", euro(cents).euro())),
        category: Some("0101101IM".into()),
        metadata: vec![],
        stamp: None,
    }
}

/// 136.50 euro: a share on a postal account, one of another body, a stamp.
fn a_copy() -> ReceiptCopy {
    let mut stamp = transfer(3, 1_600, COMUNE, Some("Comune di Borgolieve"), None);
    stamp.stamp = Some(StampDocument {
        bytes: Vec::new(),
        stamp: Ok(Stamp {
            iubd: "01201403250001".into(),
            bought_at: "2026-03-10T09:41:05".into(),
            importo: "16.00".parse().unwrap(),
            kind: "01".into(),
            psp_fiscal_code: "99000003030".into(),
            digest: "Xr870T9/vS4ZL01FtdXuTRqyGRUK0N1hxcQCERhIgEk=".into(),
        }),
    });
    let receipt = Receipt {
        version: Version::V2,
        recipient: OrganizationCode::new(COMUNE),
        receipt_id: "3fa9c1d27b6e4c50a8e1f0925d7b6c43".into(),
        notice_number: NoticeNumber::parse("307000000001234573").unwrap(),
        organization: OrganizationCode::new(COMUNE),
        outcome: Outcome::Ok,
        iuv: Iuv::new("07000000001234573"),
        amount: euro(13_650),
        transfers: vec![
            transfer(1, 10_000, COMUNE, None, Some("IT94G0760199999000099999999")),
            transfer(2, 2_050, PROVINCIA, Some("Provincia di Terralieve"), Some("IT93I9999922222000000654321")),
            stamp,
        ],
        details: Details {
            description: Some("Pratica edilizia 2026-17".into()),
            company_name: Some("Comune di Borgolieve".into()),
            office_name: Some("Sportello Unico".into()),
            debtor: person("Pancrazio Verdelli", "VRDPNC70A01Z999J"),
            psp_fiscal_code: Some("99000003030".into()),
            psp_company_name: Some("Banca Esempio S.p.A.".into()),
            channel_description: Some("app".into()),
            payer: person("Ermenegilda Rossini", "RSSRNG75B41Z999K"),
            payment_method: Some("creditCard".into()),
            fee: Some(euro(150)),
            payment_date_time: Some("2026-03-10T09:41:07".into()),
            application_date: Some("2026-03-10".into()),
            ..Details::default()
        },
    };
    let received_at = Utc.with_ymd_and_hms(2026, 3, 10, 8, 41, 9).unwrap();
    ReceiptCopy { receipt, received_at, payer: Payer::Shown, logo: None }
}

/// Everything that stands on a receipt, a line a fact.
fn words(copy: &ReceiptCopy) -> String {
    let receipt = &copy.receipt;
    let mut all = vec![facts::execution(receipt, copy.received_at), facts::reason(receipt)];
    all.extend([facts::transaction(receipt), facts::creditor(receipt), facts::provider(receipt)].concat());
    all.extend(facts::people(copy));
    for transfer in &receipt.transfers {
        all.extend(facts::share(receipt, transfer));
    }
    all.extend(facts::sums(receipt));
    all.push(facts::total(receipt));
    all.extend(facts::incurred(receipt));
    all.iter().map(|fact| format!("{}: {}\n", fact.label, fact.value)).collect()
}

/// Whether a line is among the words.
fn says(copy: &ReceiptCopy, line: &str) -> bool {
    words(copy).lines().any(|said| said == line)
}

#[test]
fn what_stands_on_a_receipt() {
    let copy = a_copy();
    for line in [
        "Data e ora di esecuzione: 10 marzo 2026, 09:41:07",
        "CCP del beneficiario: 000099999999",
        "IBAN del beneficiario: IT93I9999922222000000654321",
        "Beneficiario: Comune di Borgolieve",
        "Beneficiario: Provincia di Terralieve",
        "Eseguito da: Ermenegilda Rossini (RSSRNG75B41Z999K)",
        "Debitore: Pancrazio Verdelli (VRDPNC70A01Z999J)",
        "Causale: Pratica edilizia 2026-17",
        "Codice avviso: 3070 0000 0001 2345 73",
        "Tipo di documento: 896",
        "IUV: 07000000001234573",
        "Identificativo della transazione (payment token): 3fa9c1d27b6e4c50a8e1f0925d7b6c43",
        "CRO della transazione: non disponibile",
        "Data del pagamento annullato: non disponibile",
        "Data di applicazione: 10 marzo 2026",
        "Ente creditore: Comune di Borgolieve",
        "Codice fiscale: 99000001018",
        "Codice fiscale: 99000003030",
        "Prestatore di servizi di pagamento: Banca Esempio S.p.A.",
        "Marca da bollo digitale (IUBD): 01201403250001",
        "Acquistata il: 10 marzo 2026, 09:41:05",
        "Importo: 136,50 €",
        "Commissione del prestatore: 1,50 €",
        "Totale pagato: 138,00 €",
    ] {
        assert!(says(&copy, line), "{line} is missing in\n{}", words(&copy));
    }
}

#[test]
fn what_is_missing_is_said() {
    let mut copy = a_copy();
    let details = &mut copy.receipt.details;
    *details = Details { application_date: Some("2026-03-11".into()), ..Details::default() };
    copy.receipt.transfers[0].iban = None;
    copy.receipt.transfers[0].organization = OrganizationCode::new(PROVINCIA);
    copy.receipt.transfers[2].stamp.as_mut().unwrap().stamp = Err("no stamp".into());
    for line in [
        "Data di esecuzione: 11 marzo 2026",
        "Causale: non disponibile",
        "Ente creditore: non disponibile",
        "Eseguito da: non disponibile",
        "Beneficiario: non disponibile",
        "Conto del beneficiario: non disponibile",
        "Conto del beneficiario: nessun accredito: marca da bollo",
        "Marca da bollo digitale: il documento allegato non è leggibile",
        "Prestatore di servizi di pagamento: non disponibile",
        "Commissione del prestatore: non comunicata",
        "Totale pagato, commissione esclusa: 136,50 €",
    ] {
        assert!(says(&copy, line), "{line} is missing in\n{}", words(&copy));
    }
    copy.receipt.details.application_date = None;
    assert!(says(&copy, "Data e ora di ricezione della ricevuta: 10 marzo 2026, 09:41:09"), "{}", words(&copy));
}

#[test]
fn nobody_is_named_who_is_not_to_be() {
    let hidden = ReceiptCopy { payer: Payer::Hidden, ..a_copy() };
    assert!(says(&hidden, "Eseguito da: non mostrato su richiesta") && !words(&hidden).contains("Ermenegilda"));
    let nobody = ReceiptCopy { payer: Payer::Nobody, ..a_copy() };
    assert!(says(&nobody, "Eseguito da: non mostrato"));
    assert!(!words(&nobody).contains("Ermenegilda") && !words(&nobody).contains("Verdelli"));
    let mut anonymous = a_copy();
    anonymous.receipt.details.debtor = person("Pancrazio Verdelli", "ANONIMO");
    assert!(!words(&anonymous).contains("Pancrazio") && !words(&anonymous).contains("ANONIMO"));
}

#[test]
fn what_the_creditor_bears_is_no_part_of_the_total() {
    let mut copy = a_copy();
    copy.receipt.details.primary_ci_incurred_fee = Some(euro(50));
    let words = words(&copy);
    let last: Vec<_> = words.lines().rev().take(4).collect();
    let expected = [
        "Commissione a carico dell’ente, non inclusa: 0,50 €",
        "Totale pagato: 138,00 €",
        "Commissione del prestatore: 1,50 €",
        "Importo: 136,50 €",
    ];
    assert_eq!(last, expected);
}

#[test]
fn a_method_is_told_in_words() {
    let mut copy = a_copy();
    for (code, said) in [
        ("cash", "contanti"),
        ("creditCard", "carta di pagamento"),
        ("CP", "carta di pagamento"),
        ("other", "altro"),
        ("BP", "bollettino postale"),
        ("MYBK", "MyBank"),
        ("Buono 7", "Buono 7"),
    ] {
        copy.receipt.details.payment_method = Some(code.into());
        assert!(says(&copy, &format!("Metodo di pagamento: {said}")), "{code}: {}", words(&copy));
    }
}

#[test]
fn what_is_no_date_stays_as_it_is() {
    let mut copy = a_copy();
    copy.receipt.details.application_date = Some("ieri".into());
    assert!(says(&copy, "Data di applicazione: ieri"));
    copy.receipt.details.payment_date_time = Some("ieri".into());
    assert!(says(&copy, "Data di esecuzione: ieri"));
}

#[test]
fn equal_receipts_are_equal_papers() {
    let copy = a_copy();
    let pdf = draw(&copy).unwrap();
    assert!(pdf.starts_with(b"%PDF-") && draw(&copy).unwrap() == pdf);
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(24))]
    /// Receipts bring any text, of any length.
    #[test]
    fn any_receipt_can_be_drawn(text in "\\PC{0,400}|[ -~]{0,300}|.{0,40}", transfers in 1..6usize, cents in 0..99_999_999_999i64) {
        let mut copy = a_copy();
        let subject = person(&text, &text);
        copy.receipt.receipt_id = text.clone();
        copy.receipt.iuv = Iuv::new(text.clone());
        copy.receipt.amount = euro(cents);
        copy.receipt.transfers = (0..transfers as i64).map(|id| transfer(id, cents, &text, Some(&text), Some(&text))).collect();
        let fee = Some(euro(cents));
        let text = Some(text);
        copy.receipt.details = Details {
            description: text.clone(), company_name: text.clone(), office_name: text.clone(), debtor: subject.clone(),
            payer: subject, psp_company_name: text.clone(), psp_fiscal_code: text.clone(), payment_method: text.clone(),
            channel_description: text.clone(), payment_date_time: text.clone(), application_date: text, fee,
            ..Details::default()
        };
        proptest::prop_assert!(draw(&copy).is_ok());
    }
}
