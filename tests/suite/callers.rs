//! Table B: who is called, in its order; and the stand-in probe, which asks nobody's permission.

use crate::given::{self, COMUNE, NAV, PROVINCIA, a_position, qr_code, request, rows};
use crate::station::Station;

#[test]
fn who_may_be_called() {
    let station = Station::spawn();
    station.load(&a_position());
    let table = "
        idPA        | idBrokerPA  | idStation      | qr fiscalCode | answer                      | issuer
        99000001018 | 99000001018 | 99000001018_01 | 99000001018   | OK                          |
        11111111111 | 99000001018 | 99000001018_01 | 11111111111   | PAA_ID_DOMINIO_ERRATO       | 99000001018
        11111111111 | nobody      | nowhere        | 99000001018   | PAA_ID_DOMINIO_ERRATO       | nobody
        99000001018 | 99000002024 | 99000001018_01 | 99000001018   | PAA_ID_INTERMEDIARIO_ERRATO | 99000001018
        99000001018 | nobody      | nowhere        | 99000001018   | PAA_ID_INTERMEDIARIO_ERRATO | 99000001018
        99000001018 | 99000001018 | 99000001018_02 | 99000001018   | PAA_STAZIONE_INT_ERRATA     | 99000001018
        99000001018 | 99000001018 | 99000002024_01 | 99000001018   | PAA_STAZIONE_INT_ERRATA     | 99000001018
        99000001018 | 99000001018 | 99000001018_01 | 99000002024   | PAA_ID_DOMINIO_ERRATO       | 99000001018";
    for row in rows(table) {
        for root in ["paVerifyPaymentNoticeReq", "paGetPaymentReq", "paGetPaymentV2Request"] {
            let head = given::head(&row[0], &row[1], &row[2]);
            let reply = station.post(request(root, &format!("{head}{}", qr_code(&row[3], NAV))));
            assert_eq!(reply.outcome(), row[4], "{root} {row:?}");
            assert_eq!(reply.element("id").unwrap_or_default(), row[5], "{root} {row:?}");
        }
    }
}

#[test]
fn codes_are_compared_exactly() {
    let station = Station::spawn();
    station.load(&a_position());
    for head in [given::head(COMUNE, COMUNE, "99000001018_01 "), given::head(COMUNE, " 99000001018", "99000001018_01")]
    {
        let reply = station.post(request("paVerifyPaymentNoticeReq", &format!("{head}{}", qr_code(COMUNE, NAV))));
        assert!(reply.outcome().ends_with("ERRATA") || reply.outcome().ends_with("ERRATO"), "{}", reply.body);
    }
}

#[test]
fn the_stand_in_probe_is_answered_for_everybody() {
    let station = Station::spawn();
    for (organization, broker, id_station) in [
        (COMUNE, COMUNE, "99000001018_01"),
        (PROVINCIA, PROVINCIA, "99000002024_01"),
        ("11111111111", "nobody", "nowhere"),
    ] {
        for root in ["paVerifyPaymentNoticeReq", "paGetPaymentReq", "paGetPaymentV2Request"] {
            let head = given::head(organization, broker, id_station);
            let reply = station.post(request(root, &format!("{head}{}", qr_code(organization, "000000000000000000"))));
            assert_eq!(reply.outcome(), "PAA_PAGAMENTO_SCONOSCIUTO");
            assert_eq!(reply.element("id").as_deref(), Some(organization));
        }
    }
}

#[test]
fn spontaneous_payments_are_declined_after_the_caller_is_checked() {
    let station = Station::spawn();
    let reply = station.post(given::demand());
    assert_eq!(reply.outcome(), "PAA_SEMANTICA");
    assert_eq!(reply.element("faultString").as_deref(), Some("Errore semantico"));
    assert_eq!(reply.element("description").as_deref(), Some("Servizio non attivo"));
    let stranger = given::demand().replace("<idPA>99000001018", "<idPA>11111111111");
    assert_eq!(station.post(stranger).outcome(), "PAA_ID_DOMINIO_ERRATO");
}

/// The issuer of a fault is a code, whatever stood in the message; a code that cannot be read is not repeated.
#[test]
fn who_issues_a_fault() {
    let station = Station::spawn();
    for (id_pa, id_broker, issuer) in [
        (COMUNE, "99000002024", COMUNE),
        ("Pancrazio Verdelli, Via dei Tigli 12/A, Borgolieve", "99000002024", "99000002024"),
        ("", "Pancrazio Verdelli", "NA"),
    ] {
        let head = given::head(id_pa, id_broker, "99000001018_01");
        let reply = station.post(request("paVerifyPaymentNoticeReq", &head));
        assert_eq!((reply.outcome().as_str(), reply.element("id").as_deref()), ("PAA_SINTASSI_EXTRAXSD", Some(issuer)));
    }
}
