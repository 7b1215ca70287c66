//! One notice over REST.

use ec_station::domain::letterhead::{Language, Letterhead, PostalAccount};
use ec_station::domain::position::PositionStatus;

use super::{LAST, a_letterhead, get, in_instalments, option, printing};
use crate::access::{a_key, with};
use crate::database::Database;
use crate::given::{
    self, COMUNE, NAV, OTHER_NAV, PROVINCIA, a_position, a_position_of, an_option, bank, bank_and_postal, days, paid,
};
use crate::station::Station;

fn path(number: &str) -> String {
    format!("/organizations/{COMUNE}/notices/{number}/pdf")
}

#[test]
fn what_cannot_be_paid_is_not_printed() {
    let station = Station::spawn();
    assert_eq!(get(&station, &path("x"), &[]).problem().0, 400);
    let (status, detail) = get(&station, &path(NAV), &[]).problem();
    assert_eq!((status, detail.contains(NAV)), (404, true), "{detail}");
    for (number, status, expires, is_paid, words) in [
        ("307000000000000101", PositionStatus::Draft, false, false, "the notice is not published yet"),
        ("307000000000000202", PositionStatus::Invalid, false, false, "the notice has been cancelled"),
        ("307000000000000303", PositionStatus::Valid, true, false, "the notice has expired"),
        ("307000000000000404", PositionStatus::Paid, false, true, "the notice has been paid"),
    ] {
        let mut option = an_option(number);
        if expires {
            (option.switch_to_expired, option.due_date) = (true, days(-1));
        }
        if is_paid {
            option.state = paid();
        }
        let mut position = a_position_of(vec![option]);
        position.status = status;
        station.load(&position);
        assert_eq!(get(&station, &path(number), &[]).problem(), (409, words.into()), "{number}");
    }
    assert_eq!(get(&station, &path(NAV).replace(COMUNE, PROVINCIA), &[]).status, 404);
}

#[test]
fn a_key_prints_what_it_may_see() {
    let database = Database::with(&[a_position()]);
    let reader = a_key(&database, "READER", "read", &["--organization", COMUNE]);
    let other_codes = a_key(&database, "OTHER", "write", &["--organization", COMUNE, "--codes", "08"]);
    let of_province = a_key(&database, "PROVINCE", "write", &["--organization", PROVINCIA]);
    let station = Station::spawn_on(database, |_| ());
    assert_eq!(get(&station, &path(NAV), &[]).status, 401);
    assert_eq!(get(&station, &path(NAV), &with(&of_province)).status, 403);
    let forbidden = get(&station, &path(NAV), &with(&other_codes)).problem();
    assert_eq!(forbidden.0, 403);
    // Whether there is one is nobody's business either.
    assert_eq!(get(&station, &path(OTHER_NAV), &with(&other_codes)).problem(), forbidden);
    assert_eq!(get(&station, &format!("{}?segregationCodes=08", path(NAV)), &with(&reader)).status, 403);
    assert_eq!(get(&station, &path(NAV), &with(&reader)).status, 200);
}

#[test]
fn a_notice_says_to_people_and_scanners_what_is_to_be_paid() {
    let station = printing(a_letterhead());
    station.load(&a_position_of(vec![option(NAV, 12_050, bank_and_postal())]));
    for path in [path(NAV), path(&NAV[1..]), format!("/gpd/api/v1{}", path(NAV))] {
        let notice = get(&station, &path, &[]);
        assert_eq!(notice.header("content-disposition"), format!("inline; filename=\"avviso-{NAV}.pdf\""));
        assert_eq!(notice.header("cache-control"), "private, no-cache");
        let judged = notice.judged();
        for words in [
            "TARI 2026 rata unica",
            "Comune di Borgolieve",
            "Ufficio Tributi",
            "Pancrazio Verdelli",
            "VRDPNC70A01Z999J",
            "3070 0000 0001 2345 73",
            "120,50",
            "23/11/2026",
            "AB1CD",
            "Tel. 06 0000000",
            "Comune di Borgolieve - Tesoreria",
            "Aut. DB/SSIC/E 0000 del 01/01/2026",
        ] {
            assert!(judged.says(words), "{words} is missing in {}", judged.text);
        }
        assert_eq!(judged.qr(), [format!("PAGOPA|002|{NAV}|{COMUNE}|12050")]);
        let [slip] = &judged.data_matrix()[..] else { panic!("{judged:?}") };
        let start = format!("codfase=NBPA;18{NAV}1200009999999910000001205038961P1{COMUNE}VRDPNC70A01Z999J");
        assert!(slip.starts_with(&start) && slip.len() == 256 && slip.contains("TARI 2026 RATA UNICA"), "{slip}");
    }
}

#[test]
fn a_notice_speaks_the_languages_of_its_creditor() {
    for (language, german) in [(Language::Italian, false), (Language::ItalianAndGerman, true)] {
        let station = printing(Letterhead { language, ..a_letterhead() });
        station.load(&a_position_of(vec![option(NAV, 12_050, bank_and_postal())]));
        let judged = get(&station, &path(NAV), &[]).judged();
        assert!(judged.says("Avviso di pagamento") && judged.says("Zahlungsmitteilung") == german, "{}", judged.text);
    }
}

#[test]
fn an_instalment_bears_its_own_description() {
    let station = printing(a_letterhead());
    let mut debt = in_instalments();
    debt.options.remove(0);
    debt.options[0].description = "TARI 2026, rata 2".into();
    debt.options[1].description = "TARI 2026, rata 1".into();
    station.load(&debt);
    let judged = get(&station, &path(LAST), &[]).judged();
    for (nav, subject) in [(OTHER_NAV, "TARI 2026, RATA 1"), (LAST, "TARI 2026, RATA 2")] {
        let slip = judged.data_matrix().into_iter().find(|slip| slip.contains(nav)).unwrap();
        assert!(slip[133..].starts_with(subject), "{slip}");
        assert_eq!(judged.text.matches(&subject.replace("RATA", "rata")).count(), 2, "{}", judged.text);
    }
    assert!(judged.says("Avviso di pagamento TARI 2026 "), "{}", judged.text);
}

#[test]
fn an_office_is_the_registered_one_where_the_notice_names_none() {
    let station = Station::spawn();
    let mut town = given::registry().swap_remove(0);
    town.office_name = Some("Sportello Unico".into());
    station.import(&[town]);
    let mut position = a_position_of(vec![an_option(NAV)]);
    position.office_name = None;
    station.load(&position);
    assert!(get(&station, &path(NAV), &[]).judged().says("Sportello Unico"));
}

#[test]
fn a_slip_is_printed_where_poste_can_take_it() {
    let account = |authorization: Option<&str>| Letterhead {
        postal_account: Some(PostalAccount {
            number: "000099999999".into(),
            holder: "Comune".into(),
            authorization: authorization.map(str::to_owned),
        }),
        ..Letterhead::default()
    };
    for (letterhead, transfer, slips) in [
        (account(Some("Aut. 1")), bank_and_postal(), 1),
        (account(Some("Aut. 1")), bank(), 0),
        (account(None), bank_and_postal(), 0),
        (Letterhead::default(), bank_and_postal(), 0),
    ] {
        let station = printing(letterhead);
        station.load(&a_position_of(vec![option(NAV, 12_050, transfer.clone())]));
        let judged = get(&station, &path(NAV), &[]).judged();
        assert_eq!((judged.qr().len(), judged.data_matrix().len()), (1, slips), "{transfer:?}");
    }
}

#[test]
fn the_ways_to_pay_a_debt_stand_on_one_notice() {
    let station = printing(Letterhead::default());
    station.load(&in_instalments());
    let all = [(NAV, 12_050), (OTHER_NAV, 6_025), (LAST, 6_025)];
    let codes = |payable: &[(&str, i64)]| {
        let mut codes: Vec<_> =
            payable.iter().map(|(nav, cents)| format!("PAGOPA|002|{nav}|{COMUNE}|{cents:02}")).collect();
        codes.sort();
        codes
    };
    for (number, _) in all {
        let judged = get(&station, &path(number), &[]).judged();
        assert_eq!(judged.qr(), codes(&all), "{number}");
        assert!(["22/12/2026", "21/01/2027"].iter().all(|due| judged.says(due)), "{}", judged.text);
    }
    let first = given::Receipt { amount: "60.25".into(), ..given::a_receipt_for(OTHER_NAV) };
    assert_eq!(station.post(first.v2().replace("120.50", "60.25")).outcome(), "OK");
    assert_eq!(get(&station, &path(LAST), &[]).judged().qr(), codes(&all[2..]));
    let superseded = "another payment plan of the same debt has begun";
    assert_eq!(get(&station, &path(NAV), &[]).problem(), (409, superseded.into()));
}

#[test]
fn a_notice_is_sent_ahead_of_its_day() {
    let station = Station::spawn();
    let mut option = an_option(NAV);
    (option.validity_date, option.due_date) = (Some(days(20)), days(50));
    let mut position = a_position_of(vec![option]);
    position.status = PositionStatus::Published;
    station.load(&position);
    assert!(get(&station, &path(NAV), &[]).judged().says("11/01/2027"));
}

#[test]
fn a_due_date_is_one_of_rome() {
    let station = Station::spawn();
    let mut option = an_option(NAV);
    option.due_date = "2026-12-31T23:30:00Z".parse().unwrap();
    station.load(&a_position_of(vec![option]));
    let judged = get(&station, &path(NAV), &[]).judged();
    assert!(judged.says("01/01/2027") && !judged.says("31/12/2026"), "{}", judged.text);
}

#[test]
fn nobody_is_named_on_a_notice_for_nobody() {
    let station = Station::spawn();
    let mut option = an_option(NAV);
    option.debtor.fiscal_code = "ANONIMO".into();
    station.load(&a_position_of(vec![option]));
    let judged = get(&station, &path(NAV), &[]).judged();
    assert!(!judged.says("Pancrazio") && judged.says("120,50"), "{}", judged.text);
}

#[test]
fn what_the_caller_has_is_not_sent_again() {
    let station = printing(a_letterhead());
    station.load(&a_position());
    let first = get(&station, &path(NAV), &[]);
    let tag = first.header("etag").to_owned();
    let again = get(&station, &path(NAV), &[("If-None-Match", &tag)]);
    assert_eq!((again.status, again.header("etag"), again.body.len()), (304, &*tag, 0));
    assert_eq!(get(&station, &path(NAV), &[("If-None-Match", "*")]).status, 304);
    assert_eq!(get(&station, &path(NAV), &[("If-None-Match", "\"other\"")]).body, first.body);

    let mut town = given::registry().swap_remove(0);
    town.letterhead = Some(Letterhead { cbill: Some("ZZ9ZZ".into()), ..Letterhead::default() });
    station.import(&[town]);
    let changed = get(&station, &path(NAV), &[("If-None-Match", &tag)]);
    assert!(changed.judged().says("ZZ9ZZ"));
}
