//! `validation = gpd`: the Node meets GPD's manners (`gpd-api` 12). What strict does stands in the other chapters.

mod actions;
mod receipts;
mod replies;

use ec_station::domain::amount::AmountOrZero;
use ec_station::domain::codes::OrganizationCode;
use ec_station::domain::position::{DebtPosition, MapEntry, PaymentOption, PositionStatus};
use ec_station::settings::Settings;

use crate::given::{self, COMUNE, NAV, OTHER_NAV, a_position, a_position_of, an_option, days, qr_code, request, rows};
use crate::station::Station;

/// An organization that the registry does not know.
const NOBODY: &str = "77777777777";

/// A station told by its variables, as an operator does: the mode brings defaults along.
fn gpd() -> Station {
    gpd_with(&[])
}

fn gpd_with(more: &[(&str, &str)]) -> Station {
    let variables = [("EC_STATION_VALIDATION", "gpd")].iter().chain(more);
    let told = Settings::read(None, variables.map(|(name, value)| (name.to_string(), value.to_string()))).unwrap();
    Station::spawn_with(|settings| *settings = Settings { database: settings.database.clone(), ..told })
}

/// A position whose only option has this status and this change.
fn with(status: PositionStatus, change: fn(&mut PaymentOption)) -> Option<DebtPosition> {
    let mut option = an_option(NAV);
    change(&mut option);
    Some(DebtPosition { status, ..a_position_of(vec![option]) })
}

/// An option of one plan beside a paid one of another, or of the same. Plan 0 is of instalments.
fn beside_paid(status: PositionStatus, own_plan: i64, paid_plan: i64) -> Option<DebtPosition> {
    let of = |plan, nav| PaymentOption { plan, is_partial_payment: plan == 0, ..an_option(nav) };
    let (own, other) = (of(own_plan, NAV), PaymentOption { state: given::paid(), ..of(paid_plan, OTHER_NAV) });
    Some(DebtPosition { status, ..a_position_of(vec![own, other]) })
}

fn expired(option: &mut PaymentOption) {
    option.switch_to_expired = true;
    option.due_date = days(-1);
}

fn not_valid_yet(option: &mut PaymentOption) {
    option.validity_date = Some(days(1));
}

fn settled(option: &mut PaymentOption) {
    option.state = given::paid();
}

#[test]
fn nobody_is_asked_who_he_is() {
    let station = gpd();
    station.load(&a_position());
    let theirs = DebtPosition { organization: OrganizationCode::new(NOBODY), ..a_position() };
    station.load(&DebtPosition { company_name: "Comune di Nessuno".into(), ..theirs });
    let table = "
        idPA        | idBrokerPA  | idStation      | qr fiscalCode | notice             | answer                    | issuer
        11111111111 | 99000002024 | 99000001018_01 | 11111111111   | 307000000001234573 | PAA_PAGAMENTO_SCONOSCIUTO | 99000002024
        99000002024 | nobody      | nowhere        | 99000001018   | 307000000001234573 | PAA_PAGAMENTO_SCONOSCIUTO | nobody
        99000001018 | 99000002024 | nowhere        | 99000001018   | 308000000001234567 | PAA_PAGAMENTO_SCONOSCIUTO | 99000002024
        77777777777 | 15376371009 | 15376371009_01 | 77777777777   | 000000000000000000 | PAA_PAGAMENTO_SCONOSCIUTO | 15376371009
        77777777777 | 15376371009 | 15376371009_01 | 77777777777   | 307000000001234573 | OK                        |
        99000001018 | 99000001018 | 99000001018_01 | 99000001018   | 307000000001234573 | OK                        |
        99000001018 | 99000002024 | 99000001018_01 | 99000001018   | 307000000001234573 | OK                        |
        99000001018 | 99000001018 | nowhere        | 99000001018   | 307000000001234573 | OK                        |
        99000001018 | 99000001018 | 99000001018_01 | 99000002024   | 307000000001234573 | OK                        |";
    for row in rows(table) {
        for root in ["paVerifyPaymentNoticeReq", "paGetPaymentReq", "paGetPaymentV2Request"] {
            let head = given::head(&row[0], &row[1], &row[2]);
            let reply = station.post(request(root, &format!("{head}{}", qr_code(&row[3], &row[4]))));
            assert_eq!(reply.outcome(), row[5], "{root} {row:?}");
            assert_eq!(reply.element("id").unwrap_or_default(), row[6], "{root} {row:?}");
            if root == "paVerifyPaymentNoticeReq" && row[5] == "OK" {
                assert_eq!(reply.element("fiscalCodePA").as_ref(), Some(&row[0]), "the called one's notice: {row:?}");
                let name = if row[0] == NOBODY { "Comune di Nessuno" } else { "Comune di Borgolieve" };
                assert_eq!(reply.element("companyName").as_deref(), Some(name), "{row:?}");
            }
        }
    }
    let demand = given::demand().replace("<idPA>99000001018", "<idPA>11111111111");
    assert_eq!(station.post(demand).outcome(), "PAA_SEMANTICA");
}

/// The table of `gpd-api` 12, through all three primitives, and the broker as the issuer of each fault.
#[test]
fn what_the_node_hears_of_a_notice() {
    type Make = fn() -> Option<DebtPosition>;
    use PositionStatus::*;
    const UNKNOWN: &str = "PAA_PAGAMENTO_SCONOSCIUTO";
    const PAID: &str = "PAA_PAGAMENTO_DUPLICATO";
    let table: &[(&str, Make, &str)] = &[
        ("unknown", || None, UNKNOWN),
        ("an alternative of a paid one", || beside_paid(Paid, 1, 2), UNKNOWN),
        ("an alternative of a reported one", || beside_paid(Reported, 1, 2), UNKNOWN),
        ("instalments have begun", || beside_paid(PartiallyPaid, 1, 0), UNKNOWN),
        (
            "superseded and expired",
            || {
                let mut position = beside_paid(PartiallyPaid, 1, 0)?;
                expired(&mut position.options[0]);
                Some(position)
            },
            UNKNOWN,
        ),
        ("valid later", || with(Valid, not_valid_yet), UNKNOWN),
        ("cancelled before it was valid", || with(Invalid, not_valid_yet), UNKNOWN),
        ("draft", || with(Draft, |_| ()), UNKNOWN),
        ("an expired draft", || with(Draft, expired), UNKNOWN),
        ("published", || with(Published, not_valid_yet), UNKNOWN),
        ("stored as expired", || with(Expired, |o| o.due_date = days(-1)), "PAA_PAGAMENTO_SCADUTO"),
        ("expired by the clock", || with(Valid, expired), "PAA_PAGAMENTO_SCADUTO"),
        ("cancelled", || with(Invalid, |_| ()), "PAA_PAGAMENTO_ANNULLATO"),
        ("cancelled and expired", || with(Invalid, expired), "PAA_PAGAMENTO_ANNULLATO"),
        ("paid", || with(Paid, settled), PAID),
        ("reported", || with(Reported, settled), PAID),
        (
            "the paid instalment",
            || {
                let mut position = beside_paid(PartiallyPaid, 0, 0)?;
                position.options[0].state = given::paid();
                position.options[1].state = an_option(NAV).state;
                Some(position)
            },
            PAID,
        ),
        ("valid", || with(Valid, |_| ()), "OK"),
        ("published, valid since today", || with(Published, |o| o.validity_date = Some(days(0))), "OK"),
        ("overdue but does not expire", || with(Valid, |o| o.due_date = days(-1)), "OK"),
        ("the next instalment", || beside_paid(PartiallyPaid, 0, 0), "OK"),
        ("six transfers", || with(Valid, |o| o.transfers = vec![o.transfers[0].clone(); 6]), "PAA_SEMANTICA"),
    ];
    for (what, make, answer) in table {
        let station = gpd();
        if let Some(position) = make() {
            station.load(&position);
        }
        for message in [given::verify(NAV), given::get(NAV, ""), given::get_v2(NAV, "")] {
            let message = message.replace("<idBrokerPA>99000001018", "<idBrokerPA>15376371009");
            let reply = station.post(message);
            assert_eq!(reply.outcome(), *answer, "{what}");
            let issuer = (*answer != "OK").then_some("15376371009");
            assert_eq!(reply.element("id").as_deref(), issuer, "{what}");
        }
        let told = if *answer == "PAA_SEMANTICA" { vec![format!("UNPRESENTABLE_NOTICE {NAV}")] } else { vec![] };
        assert_eq!(station.anomalies(), told, "{what}");
    }
}

#[test]
fn what_breaks_the_contract_hears_the_code_of_gpd_unless_told_otherwise() {
    let broken = given::verify(NAV).replace(NAV, "12").replace("<idBrokerPA>99000001018", "<idBrokerPA>99000002024");
    for (more, answer) in
        [(&[][..], "PAA_SINTASSI_XSD"), (&[("EC_STATION_SYNTAX_FAULT", "extraxsd")], "PAA_SINTASSI_EXTRAXSD")]
    {
        let reply = gpd_with(more).post(&broken);
        assert_eq!((reply.outcome().as_str(), reply.element("id").as_deref()), (answer, Some("99000002024")));
    }
}

#[test]
fn an_office_without_a_name_is_not_available() {
    let station = gpd();
    station.load(&DebtPosition { office_name: None, ..a_position() });
    assert_eq!(station.post(given::verify(NAV)).element("officeName").as_deref(), Some("NA"));
    assert_eq!(station.post(given::get(NAV, "")).element("officeName"), None);
}

/// What an option's notification cost is told last, also when it cost nothing, and even where there is no room.
#[test]
fn the_notification_fee_is_told() {
    let entry = |key: &str, value: &str| MapEntry { key: key.into(), value: value.into() };
    let own = |count: usize| (0..count).map(|at| entry(&format!("key {at}"), "value")).collect::<Vec<_>>();
    let of_another_system = vec![entry("NOTIFICATION_FEE", "999"), entry("other", "value")];
    for (fee, metadata, entries) in [(0, vec![], 1), (150, own(2), 3), (150, own(20), 15), (7, of_another_system, 2)] {
        let notification_fee = AmountOrZero::from_cents(fee).unwrap();
        let position = a_position_of(vec![PaymentOption { notification_fee, metadata, ..an_option(NAV) }]);
        let (station, strict) = (gpd(), Station::spawn());
        station.load(&position);
        strict.load(&position);
        for message in [given::get(NAV, ""), given::get_v2(NAV, "")] {
            let reply = station.post(&message);
            assert_eq!(reply.elements("mapEntry").len(), entries, "{}", reply.body);
            let last =
                format!("<mapEntry><key>NOTIFICATION_FEE</key><value>{fee}</value></mapEntry></metadata></data>");
            assert!(reply.body.contains(&last), "{}", reply.body);
            let told = format!("<value>{fee}</value>");
            assert!(!strict.post(&message).body.contains(&told), "strict keeps it to itself");
        }
    }
}

/// An organization of another shape than a code: its notices are told under the code on the notice.
#[test]
fn an_organization_may_have_any_name() {
    let station = gpd();
    station.load(&DebtPosition { organization: OrganizationCode::new("Comune-di_Prova"), ..a_position() });
    let head = given::head("Comune-di_Prova", COMUNE, "99000001018_01");
    let reply = station.post(request("paVerifyPaymentNoticeReq", &format!("{head}{}", qr_code(COMUNE, NAV))));
    assert_eq!((reply.outcome().as_str(), reply.element("fiscalCodePA").as_deref()), ("OK", Some(COMUNE)));
}

/// A failure of ours is no answer about a notice; a receipt must come again.
#[test]
fn a_failure_stays_a_failure() {
    let station = gpd();
    station.load(&a_position());
    station.database().change("ALTER TABLE payment_option RENAME TO lost");
    let verify = station.post(given::verify(NAV).replace("<idBrokerPA>99000001018", "<idBrokerPA>99000002024"));
    assert_eq!((verify.outcome().as_str(), verify.element("id").as_deref()), ("PAA_SYSTEM_ERROR", Some("99000002024")));
    for message in [given::a_receipt_for(NAV).v1(), given::a_receipt_for(NAV).v2()] {
        assert_eq!(station.post(message).outcome(), "Fault Server");
    }
    assert_eq!(station.receipts().len(), 0);
    station.database().change("ALTER TABLE lost RENAME TO payment_option");
    assert_eq!(station.post(given::a_receipt_for(NAV).v1()).outcome(), "OK");
}
