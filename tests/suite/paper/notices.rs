//! Payment notices: every code is read back from the rendered page, every text from the document.

use chrono::{DateTime, NaiveDate};
use ec_station::domain::amount::Amount;
use ec_station::domain::debtor::{Debtor, PersonKind};
use ec_station::domain::numbering;
use ec_station::paper::notice::{Creditor, Instalment, Language, Logo, Payable, PaymentNotice, PostalAccount, draw};

use super::judge::{Seen, look, look_at, objection};

fn a_creditor() -> Creditor {
    Creditor {
        fiscal_code: "99000001018".into(),
        name: "Comune di Borgolieve".into(),
        office: Some("Ufficio Tributi".into()),
        contacts: Some("Telefono 06 0000 0000".into()),
        cbill: Some("AB12C".into()),
        logo: None,
        postal_account: Some(PostalAccount {
            number: "99999999".into(),
            holder: "Comune di Borgolieve Tesoreria".into(),
            authorization: Some("AUT. 00000 del 01/01/2026".into()),
        }),
        takes_payments_online: true,
        language: Language::Italian,
    }
}

fn a_payable(which: usize, cents: i64) -> Payable {
    Payable {
        nav: numbering::notice("07", 12_345 + which as u64).unwrap(),
        amount: Amount::from_cents(cents).unwrap(),
        subject: "TARI 2026".into(),
        due_date: NaiveDate::from_ymd_opt(2026, 12, 31).unwrap(),
        overdue: false,
    }
}

fn a_notice(single: bool, instalments: usize) -> PaymentNotice {
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
        subject: "TARI 2026".into(),
        single: single.then(|| a_payable(0, 12_050)),
        instalments: (1..=instalments)
            .map(|which| Instalment { which, payable: a_payable(which, 4_000 + which as i64) })
            .collect(),
        instalments_in_all: instalments,
    }
}

fn drawn(creditor: &Creditor, notice: &PaymentNotice) -> Vec<u8> {
    draw(creditor, notice, DateTime::from_timestamp(1_790_000_000, 0).unwrap()).unwrap()
}

fn seen(creditor: &Creditor, notice: &PaymentNotice) -> Seen {
    let seen = look(&drawn(creditor, notice));
    seen.check();
    seen
}

/// The text of a QR code (`domain` 12.1).
fn qr(payable: &Payable) -> String {
    format!("PAGOPA|002|{}|99000001018|{:02}", payable.nav, payable.amount.cents())
}

#[test]
fn the_judge_refuses_what_is_no_document() {
    let pdf = drawn(&a_creditor(), &a_notice(true, 0));
    assert_eq!(objection(&pdf), None);
    assert!(objection(b"%PDF-1.7 and nothing else").is_some());
    assert!(objection(b"").is_some());
}

#[test]
fn a_notice_says_what_it_has_to() {
    let seen = seen(&a_creditor(), &a_notice(true, 0));
    assert_eq!(seen.pages.len(), 1);
    let text = seen.text();
    for said in [
        "Avviso di pagamento",
        "TARI 2026",
        "Comune di Borgolieve",
        "Ufficio Tributi",
        "Telefono 06 0000 0000",
        "Codice fiscale 99000001018",
        "Pancrazio Verdelli",
        "VRDPNC70A01Z999J",
        "Via dei Tigli 12/A",
        "00100 Borgolieve (RM)",
        "120,50 euro",
        "entro il 31/12/2026",
        "Anche sul sito dell’ente creditore.",
        "Anche negli uffici postali.",
        "3070 0000 0001 2345 73",
        "AB12C",
        "Bollettino postale PA",
        "000099999999",
        "Comune di Borgolieve Tesoreria",
        "AUT. 00000 del 01/01/2026",
        "896",
    ] {
        assert!(text.contains(said), "{said} is missing: {text}");
    }
    assert_eq!(seen.title, "Avviso di pagamento – TARI 2026");
    let names: Vec<&str> = seen.fonts.iter().map(|font| font.name.as_str()).collect();
    assert!(names.iter().all(|name| name.contains("Titillium")), "{names:?}");
}

#[test]
fn the_codes_are_those_of_the_contract() {
    let seen = seen(&a_creditor(), &a_notice(true, 0));
    assert_eq!(seen.codes("QRCode"), ["PAGOPA|002|307000000001234573|99000001018|12050"]);
    let head = "codfase=NBPA;183070000000012345731200009999999910000001205038961P199000001018";
    let rest = format!("VRDPNC70A01Z999J{:40}{:110}{:12}A", "PANCRAZIO VERDELLI", "TARI 2026", "");
    assert_eq!(seen.codes("DataMatrix"), [format!("{head}{rest}")]);
}

#[test]
fn every_instalment_has_codes_of_its_own() {
    for (single, instalments) in [(false, 1), (true, 2), (false, 3), (true, 5), (true, 12)] {
        for slips in [true, false] {
            let mut creditor = a_creditor();
            creditor.postal_account = creditor.postal_account.filter(|_| slips);
            let notice = a_notice(single, instalments);
            let seen = seen(&creditor, &notice);
            let mut read = seen.codes("QRCode");
            let mut wanted: Vec<String> = {
                let instalments = notice.instalments.iter().map(|instalment| &instalment.payable);
                notice.single.iter().chain(instalments).map(qr).collect()
            };
            read.sort_unstable();
            wanted.sort_unstable();
            assert_eq!(read, wanted, "{single} {instalments} {slips}");
            let matrices = seen.codes("DataMatrix");
            assert_eq!(matrices.len(), if slips { wanted.len() } else { 0 }, "{single} {instalments}");
            assert!(matrices.iter().all(|text| text.len() == 256), "{matrices:?}");
            for page in &seen.pages {
                let said = page.structure.iter().filter(|(kind, _)| kind == "Figure").count();
                assert_eq!(said, page.codes.len(), "every code is described");
            }
        }
    }
}

#[test]
fn amounts_at_the_ends_of_what_can_be_asked() {
    for (cents, coded, printed, slips) in [
        (5, "05", "0,05", 4),
        (9_999_999_999, "9999999999", "99.999.999,99", 4),
        // A slip has one digit less than a QR code: this amount gets none.
        (10_000_000_000, "10000000000", "100.000.000,00", 3),
        (99_999_999_999, "99999999999", "999.999.999,99", 3),
    ] {
        let mut notice = a_notice(true, 3);
        notice.single.as_mut().unwrap().amount = Amount::from_cents(cents).unwrap();
        let seen = seen(&a_creditor(), &notice);
        let code = format!("PAGOPA|002|307000000001234573|99000001018|{coded}");
        assert!(seen.codes("QRCode").contains(&code.as_str()), "{code}");
        let matrices = seen.codes("DataMatrix");
        let with_amount = matrices.iter().filter(|text| text[47..59] == format!("10{cents:010}")).count();
        assert_eq!((matrices.len(), with_amount), (slips, slips - 3), "{cents}");
        assert!(seen.text().contains(&format!("{printed} euro")) && seen.text().contains(&format!("Euro {printed}")));
    }
}

#[test]
fn long_texts_are_cut_to_their_limits() {
    let mut creditor = a_creditor();
    creditor.name = "Unione dei Comuni di Borgolieve e di Terralieve ".repeat(5);
    creditor.contacts = Some("tel. 06 0000 0000, ufficio@example.org, ".repeat(30));
    creditor.language = Language::ItalianAndGerman;
    let account = creditor.postal_account.as_mut().unwrap();
    account.holder = format!("{}fine.", "Tesoreria ".repeat(9));
    account.authorization = Some(format!("{}fine.", "Autorizzazione ".repeat(9)));
    let (holder, authorization) = (account.holder.clone(), account.authorization.clone().unwrap());
    let mut notice = a_notice(true, 12);
    notice.subject = "Oggetto ".repeat(125);
    notice.single.as_mut().unwrap().subject = notice.subject.clone();
    notice.debtor.full_name = "Maria Antonietta ".repeat(30);
    notice.debtor.street_name = Some("Via delle Lunghe Mura ".repeat(30));
    notice.debtor.city = Some("x".repeat(500));
    let seen = seen(&creditor, &notice);
    assert_eq!((seen.codes("QRCode").len(), seen.codes("DataMatrix").len()), (13, 13));
    let text = seen.text().replace("\r\n", " ");
    for (said, times) in [
        (&*holder, 13),
        (&*authorization, 13),
        ("Oggetto Oggetto Oggetto Oggetto Oggetto Oggetto Oggetto Oggetto Oggetto Oggetto Oggetto O…", 6),
        ("Maria Antonietta Maria Antonietta Maria Antonietta Maria Antonietta M…", 27),
    ] {
        assert_eq!(text.matches(said).count(), times, "{said}: {text}");
    }
    let first = seen.codes("DataMatrix")[0];
    assert_eq!(first[93..133], "MARIA ANTONIETTA ".repeat(3)[..40]);
    assert_eq!(first[133..243], "OGGETTO ".repeat(14)[..110]);
}

#[test]
fn odd_characters_are_written_or_replaced() {
    let mut notice = a_notice(true, 0);
    notice.debtor.full_name = "Škoda Łukasz è ß".into();
    notice.single.as_mut().unwrap().subject = "Иван\u{0} 😀 \u{202E}שלום\tfine".into();
    let seen = seen(&a_creditor(), &notice);
    let text = seen.text();
    for said in ["Škoda Łukasz è ß", "Иван", "grinning", "shlvm", "fine"] {
        assert!(text.contains(said), "{said} is missing: {text}");
    }
    let matrix = seen.codes("DataMatrix")[0];
    assert!(matrix[93..133].starts_with("SKODA LUKASZ E SS "), "{matrix}");
    assert!(matrix[133..].starts_with("IVAN "), "{matrix}");
    assert!(matrix.bytes().all(|byte| (b' '..=b'~').contains(&byte)) && matrix.len() == 256);
}

#[test]
fn nobody_is_named_without_a_debtor() {
    let mut notice = a_notice(true, 2);
    notice.debtor.fiscal_code = "ANONIMO".into();
    notice.debtor.full_name = "ANONIMO".into();
    let seen = seen(&a_creditor(), &notice);
    assert!(!seen.text().contains("ANONIMO") && seen.text().contains("Non indicato"));
    assert!(seen.codes("DataMatrix").iter().all(|text| text[77..133].trim().is_empty()));
}

#[test]
fn a_logo_is_shown_and_described() {
    let plain = seen(&a_creditor(), &a_notice(true, 0));
    let with_logo = Creditor { logo: Some(Logo::from_png(a_picture()).unwrap()), ..a_creditor() };
    let seen = seen(&with_logo, &a_notice(true, 0));
    assert!(seen.pages[0].ink > plain.pages[0].ink + 0.001, "a blue square of some 15 mm");
    let figure = ("Figure".to_owned(), "Comune di Borgolieve".to_owned());
    assert!(seen.pages[0].structure.contains(&figure) && !plain.pages[0].structure.contains(&figure));
}

/// One blue pixel.
fn a_picture() -> Vec<u8> {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgSDsDAAGcATPhsmC5AAAAAElFTkSuQmCC";
    STANDARD.decode(png).unwrap()
}

#[test]
fn german_speakers_are_served() {
    let creditor = Creditor { language: Language::ItalianAndGerman, ..a_creditor() };
    for notice in [a_notice(true, 0), a_notice(false, 4), a_notice(true, 6)] {
        let text = seen(&creditor, &notice).text();
        for said in ["Zahlungsmitteilung", "Gläubigerkörperschaft", "Posterlagschein PA", "Wo Sie zahlen können"] {
            assert!(text.contains(said), "{said} is missing: {text}");
        }
    }
}

#[test]
fn codes_are_read_at_a_fax_s_resolution_too() {
    let seen = look_at(&drawn(&a_creditor(), &a_notice(true, 0)), 150);
    assert_eq!((seen.codes("QRCode").len(), seen.codes("DataMatrix").len()), (1, 1));
}
