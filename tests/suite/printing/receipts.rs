//! One receipt over REST.

use super::{get, printing};
use crate::access::{a_key, with};
use crate::database::Database;
use crate::given::{self, BANK, COMUNE, NAV, OTHER_NAV, PROVINCIA, Receipt, a_position, a_receipt_for};
use crate::station::Station;
use ec_station::domain::letterhead::Letterhead;

fn path(organization: &str, number: &str) -> String {
    format!("/organizations/{organization}/receipts/{number}/pdf")
}

/// A receipt with a share of the province, to the town and to the province.
fn shared() -> Receipt {
    let transfers = vec![(1, "100.00".into(), COMUNE.into(), None), (2, "20.50".into(), PROVINCIA.into(), None)];
    Receipt { transfers, ..a_receipt_for(NAV) }
}

fn paid() -> Station {
    let station = printing(Letterhead::default());
    station.load(&a_position());
    assert_eq!(station.post(shared().v2()).outcome(), "OK");
    let to_the_province = given::head(PROVINCIA, PROVINCIA, "99000002024_01");
    assert_eq!(station.post(Receipt { head: to_the_province, ..shared() }.v2()).outcome(), "OK");
    station
}

#[test]
fn there_is_no_receipt_before_the_payment() {
    let station = Station::spawn();
    station.load(&a_position());
    for number in [&NAV[1..], NAV, "receipt-of-307000000001234573", "nothing"] {
        let (status, detail) = get(&station, &path(COMUNE, number), &[]).problem();
        assert_eq!(status, 404, "{number}: {detail}");
        assert!(detail.starts_with("Not found a receipt for"), "{detail}");
    }
    let refused = Receipt { outcome: "KO".into(), ..a_receipt_for(NAV) };
    station.post(refused.v2());
    assert_eq!(get(&station, &path(COMUNE, NAV), &[]).status, 404, "no money has moved");
}

#[test]
fn the_ten_items_stand_on_a_receipt() {
    let station = paid();
    let receipt = get(&station, &path(COMUNE, &NAV[1..]), &[]);
    assert_eq!(receipt.header("content-disposition"), format!("inline; filename=\"ricevuta-{}.pdf\"", &NAV[1..]));
    let judged = receipt.judged();
    for words in [
        "22 novembre 2026, 09:41:07",
        "22 novembre 2026",
        "IT41P9999911111000000123456",
        "Comune di Borgolieve",
        "Eseguito da",
        "TARI 2026",
        "3070 0000 0001 2345 73",
        "896",
        "receipt-of-307000000001234573",
        "CRO della transazione",
        "non disponibile",
        "Data del pagamento annullato",
        "Banca Esempio S.p.A.",
        "100,00",
        "20,50",
        "120,50 €",
        "1,50 €",
        "122,00 €",
        COMUNE,
        &NAV[1..],
        "Pancrazio Verdelli",
    ] {
        assert!(judged.says(words), "{words} is missing in {}", judged.text);
    }
    for number in [NAV, "receipt-of-307000000001234573"] {
        assert_eq!(get(&station, &path(COMUNE, number), &[]).body, receipt.body, "{number}");
    }
    let again = get(&station, &path(COMUNE, NAV), &[("If-None-Match", receipt.header("etag"))]);
    assert_eq!((again.status, again.body.len()), (304, 0));
}

#[test]
fn whoever_has_a_share_gets_a_copy() {
    let station = paid();
    for number in [NAV, &NAV[1..], "receipt-of-307000000001234573"] {
        let judged = get(&station, &path(PROVINCIA, number), &[]).judged();
        assert!(judged.says("Copia per il beneficiario") && judged.says(PROVINCIA), "{}", judged.text);
    }
    let own = get(&station, &path(COMUNE, NAV), &[]).judged();
    assert!(!own.says("Copia per il beneficiario"));
}

#[test]
fn the_receipt_of_another_notice_is_never_given() {
    let station = paid();
    let other = format!("2{}", &NAV[1..]);
    for organization in [COMUNE, PROVINCIA] {
        assert_eq!(get(&station, &path(organization, &other), &[]).status, 404, "{organization}: the IUV is the same");
        assert_eq!(get(&station, &path(organization, NAV), &[]).status, 200, "{organization}");
    }
}

/// A text of 139 characters that tells where it stands.
fn long(place: &str) -> String {
    let words = "versamento per la pratica di ".repeat(5);
    format!("{} {place}.", words[..137 - place.len()].trim_end())
}

#[test]
fn whatever_stands_on_a_receipt_finds_room() {
    for transfers in [2u8, 5] {
        let station = printing(Letterhead::default());
        station.load(&a_position());
        let share = |which: u8| if which == 1 { (120 - transfers + 1, "50") } else { (1, "00") };
        let shares = (1..=transfers).map(|which| {
            let (euro, cents) = share(which);
            let whose = if which == 1 { COMUNE } else { PROVINCIA };
            (which, format!("{euro}.{cents}"), whose.to_owned(), None)
        });
        let mut message = Receipt { transfers: shares.collect(), ..a_receipt_for(NAV) }.v2();
        let mut facts = vec![long("causale"), long("banca")];
        message = message.replace("<description>TARI 2026", &format!("<description>{}", facts[0]));
        message = message.replace("Banca Esempio S.p.A.", facts[1].get(70..).unwrap());
        facts[1] = facts[1][70..].trim().to_owned();
        for which in 1..=transfers {
            let (name, reason) = (long(&format!("nome {which}")), long(&format!("motivo {which}")));
            let iban = format!("IT41P999991111100000012345{which}");
            message = message.replacen(
                &format!("<IBAN>{BANK}"),
                &format!("<companyName>{name}</companyName><IBAN>{iban}"),
                1,
            );
            message =
                message.replacen("<remittanceInformation>TARI 2026", &format!("<remittanceInformation>{reason}"), 1);
            facts.extend([name, reason, iban]);
        }
        assert_eq!(station.post(message).outcome(), "OK");
        let judged = get(&station, &path(COMUNE, NAV), &[]).judged();
        for fact in &facts {
            assert!(judged.says(fact), "{transfers}: {fact} is missing in {}", judged.text);
        }
        assert!(judged.says("pagina 1 di") && judged.says("Totale pagato 122,00"), "{}", judged.text);
    }
}

#[test]
fn the_payer_is_named_unless_a_debtor_asks() {
    let station = Station::spawn();
    station.load(&a_position());
    let payer = "<payer><uniqueIdentifier><entityUniqueIdentifierType>F</entityUniqueIdentifierType>\
                 <entityUniqueIdentifierValue>RSSRNG75B41Z999K</entityUniqueIdentifierValue></uniqueIdentifier>\
                 <fullName>Ermenegilda Rossini</fullName></payer><paymentMethod>";
    let message = a_receipt_for(NAV).v2().replace("<paymentMethod>", payer);
    assert_eq!(station.post(message).outcome(), "OK");
    assert!(get(&station, &path(COMUNE, NAV), &[]).judged().says("Ermenegilda Rossini (RSSRNG75B41Z999K)"));
    let hidden = get(&station, &format!("{}?hidePayer=true", path(COMUNE, NAV)), &[]).judged();
    assert!(!hidden.says("Ermenegilda") && !hidden.says("RSSRNG75B41Z999K") && hidden.says("non mostrato"));
}

#[test]
fn a_key_prints_what_it_may_see() {
    let database = Database::with(&[a_position()]);
    let reader = a_key(&database, "READER", "read", &["--organization", COMUNE]);
    let other_codes = a_key(&database, "OTHER", "read", &["--organization", COMUNE, "--codes", "08"]);
    let station = Station::spawn_on(database, |_| ());
    assert_eq!(station.post(a_receipt_for(NAV).v2()).outcome(), "OK");
    assert_eq!(get(&station, &path(COMUNE, NAV), &with(&reader)).status, 200);
    assert_eq!(get(&station, &path(PROVINCIA, NAV), &with(&reader)).status, 403);
    let forbidden = get(&station, &path(COMUNE, NAV), &with(&other_codes)).problem();
    assert_eq!(forbidden.0, 403);
    for number in [&NAV[1..], OTHER_NAV, &OTHER_NAV[1..], "receipt-of-307000000001234573"] {
        assert_eq!(get(&station, &path(COMUNE, number), &with(&other_codes)).problem(), forbidden, "{number}");
    }
}
