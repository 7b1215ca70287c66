//! `journal show` and `journal export`.

use chrono::TimeDelta;
use serde_json::Value;

use crate::given::{self, COMUNE, NAV, OTHER_NAV, Receipt, a_position, a_receipt_for, today};
use crate::journal::{exchanges, journal, until};
use crate::process::{ec_station_at, ended, in_a_shell};
use crate::station::Station;

/// A notice from its loading to its second payment, a minute between each, and another one that nobody knows.
fn a_whole_life() -> Station {
    let station = Station::spawn();
    station.load(&a_position());
    let paid = a_receipt_for(NAV);
    let twice = Receipt { id: "second".into(), ..paid.clone() };
    let calls = [given::verify(NAV), given::get_v2(NAV, ""), paid.v2(), given::verify(NAV), twice.v1()];
    for (message, minute) in calls.iter().chain(&[given::verify(OTHER_NAV)]).zip(1..) {
        station.set_now(today() + TimeDelta::minutes(minute));
        station.post(message);
    }
    until("all are there", || exchanges(station.database()).len() == 6);
    station
}

/// A line without how long it took, and with single spaces.
fn timeless(line: &str) -> String {
    let words: Vec<_> = line.split_whitespace().collect();
    let ms = words.iter().position(|word| *word == "ms");
    let words = words.iter().enumerate().filter(|(at, _)| ms.is_none_or(|ms| *at != ms && at + 1 != ms));
    words.map(|(_, word)| *word).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_whole_life_is_told() {
    let station = a_whole_life();
    let shown = journal(station.database(), &["show", "--notice", NAV]);
    assert_eq!((shown.code, shown.err.as_str()), (Some(0), ""));
    let told: Vec<_> = shown.out.lines().map(timeless).collect();
    let expected = [
        "Notice 307000000001234573; times are those of Italy (Europe/Rome).",
        "2026-11-22 13:00:00.000 POSITION_CREATED loaded",
        "2026-11-22 13:01:00.000 paVerifyPaymentNotice OK C9 the notice may be paid: 120.50",
        "2026-11-22 13:02:00.000 paGetPaymentV2 OK C9 the notice may be paid: 120.50",
        "2026-11-22 13:03:00.000 paSendRTV2 OK D8 the payment is booked: OWN",
        "2026-11-22 13:03:00.000 OPTION_PAID 120.50 paid; the position is PAID",
        "2026-11-22 13:04:00.000 paVerifyPaymentNotice KO PAA_PAGAMENTO_DUPLICATO C3 the notice is paid",
        "2026-11-22 13:05:00.000 paSendRT OK D10 paid once more: a refund may be due: OWN, DOUBLE_PAYMENT",
    ];
    for (told, expected) in told.iter().zip(expected) {
        assert!(told.starts_with(expected), "{told}\n{expected}");
    }
    assert_eq!(told.len(), expected.len() + 1, "{told:#?}");
    assert!(told[8].starts_with("2026-11-22 13:05:00.000 ANOMALY_OPENED DOUBLE_PAYMENT: "), "{}", told[8]);
    assert!(!shown.out.contains("Pancrazio"), "the story is nobody's data");

    let of_another = journal(station.database(), &["show", "--notice", NAV, "--organization", given::PROVINCIA]);
    assert_eq!((of_another.code, of_another.out.as_str()), (Some(0), ""));
    let unknown = journal(station.database(), &["show", "--notice", "307999999999999999"]);
    assert_eq!((unknown.code, unknown.out.as_str()), (Some(0), ""));
    assert_eq!(unknown.err, "the journal has nothing on notice 307999999999999999\n");
}

#[test]
fn the_messages_are_told_when_they_are_asked_for() {
    let station = a_whole_life();
    let shown = journal(station.database(), &["show", "--notice", NAV, "--organization", COMUNE, "--bodies"]);
    let kept = exchanges(station.database());
    let mut of_the_notice = kept.iter().filter(|kept| kept.about.nav == NAV).peekable();
    assert!(of_the_notice.peek().is_some());
    for exchange in of_the_notice {
        for body in [&exchange.request, &exchange.response] {
            let body = std::str::from_utf8(body.as_ref().unwrap()).unwrap();
            assert!(shown.out.contains(&format!("\n\n{body}\n")), "{body}\n{}", shown.out);
        }
    }
    assert!(shown.out.contains("---- POST /soap/paForNode from 127.0.0.1:"), "{}", shown.out);
    let json = journal(station.database(), &["show", "--notice", NAV, "--json", "--bodies"]).out;
    let rows: Vec<Value> = json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 3 + 2 * 5);
    assert!(
        rows.iter().any(|row| row["messaggio"]["contenuto"].as_str().is_some_and(|body| body.contains("Pancrazio")))
    );
}

const FIELDS: [&str; 17] = [
    "dataOraEvento",
    "identificativoDominio",
    "identificativoUnivocoVersamento",
    "codiceContestoPagamento",
    "numeroAvviso",
    "identificativoPrestatoreServiziPagamento",
    "tipoVersamento",
    "componente",
    "categoriaEvento",
    "tipoEvento",
    "sottoTipoEvento",
    "identificativoFruitore",
    "identificativoErogatore",
    "identificativoStazioneIntermediarioPA",
    "canalePagamento",
    "parametriSpecificiInterfaccia",
    "esito",
];

fn exported(station: &Station, arguments: &[&str]) -> Vec<Value> {
    let ended = journal(station.database(), &[&["export"], arguments].concat());
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""), "{arguments:?}");
    ended.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn the_official_journal() {
    let station = a_whole_life();
    let rows = exported(&station, &["--from", "2026-11-22", "--to", "2026-11-23"]);
    // The registry, the position, a payment and an anomaly; six calls of two legs.
    assert_eq!(rows.len(), 4 + 2 * 6);
    let mut fields: Vec<_> = FIELDS.into();
    fields.sort();
    for row in &rows {
        let mut found: Vec<_> = row.as_object().unwrap().keys().map(String::as_str).collect();
        found.sort();
        assert_eq!(found, fields);
    }
    let legs = |name: &str| rows.iter().filter(|row| row["tipoEvento"] == name).cloned().collect::<Vec<_>>();
    let receipt = legs("paSendRTV2");
    assert_eq!((&receipt[0]["sottoTipoEvento"], &receipt[1]["sottoTipoEvento"]), (&"REQ".into(), &"RESP".into()));
    assert_eq!(receipt[0]["dataOraEvento"], "2026-11-22T12:03:00.000");
    for leg in receipt {
        assert_eq!(leg["numeroAvviso"], NAV);
        assert_eq!(leg["codiceContestoPagamento"], format!("receipt-of-{NAV}"));
        assert_eq!(leg["identificativoPrestatoreServiziPagamento"], "99000003030");
        assert_eq!(leg["esito"], "OK");
    }
    assert_eq!(legs("OPTION_PAID").len(), 1);
    assert!(exported(&station, &["--from", "2026-11-22", "--to", "2026-11-23", "--bodies"]).len() == rows.len());
}

#[test]
fn the_journal_of_a_time() {
    let station = a_whole_life();
    let count = |from: &str, to: &str| exported(&station, &["--from", from, "--to", to]).len();
    // Italian time; the end does not belong to it.
    assert_eq!(count("2026-11-22T13:01:00+01:00", "2026-11-22T12:03:00Z"), 4);
    assert_eq!(count("2026-11-22T12:03:00Z", "2026-11-22T12:03:00.001Z"), 3);
    assert_eq!(count("2026-11-23", "2026-11-24") + count("2026-11-21", "2026-11-22"), 0);
    let of_another = exported(&station, &["--from", "2026-11-22", "--to", "2026-11-23", "--organization", "1"]);
    assert_eq!(of_another.len(), 0);
    for arguments in [["--from", "2026-11-22", "--to", "2026-11-22"], ["--from", "yesterday", "--to", "2026-11-22"]] {
        assert_eq!(journal(station.database(), &[&["export"][..], &arguments].concat()).code, Some(64));
    }

    let mut to_a_file = ec_station_at(station.database());
    to_a_file.args(["journal", "export", "--from", "2026-11-22", "--to", "2026-11-23", "-o", "rows.jsonl"]);
    assert_eq!(ended(to_a_file).out, "");
    let written = std::fs::read_to_string(station.database().folder().join("rows.jsonl")).unwrap();
    assert_eq!(written.lines().count(), 16);

    let line = "ec-station journal export --from 2026-11-22 --to 2026-11-23 | head -n 1; exit ${PIPESTATUS[0]}";
    let mut piped = in_a_shell(station.database().folder(), line);
    piped.env("EC_STATION_DATABASE_URL", station.database().setting());
    let piped = ended(piped);
    assert_eq!((piped.code, piped.err.as_str(), piped.out.lines().count()), (Some(0), "", 1));
}
