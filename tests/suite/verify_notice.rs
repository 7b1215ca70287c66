//! `paVerifyPaymentNotice`: the answer when a notice can be paid, and every row of table C.

use ec_station::domain::position::{Account, DebtPosition, PaymentOption, PositionStatus};
use ec_station::settings::Validation;

use crate::given::{self, NAV, OTHER_NAV, a_position, a_position_of, an_option, days};
use crate::station::Station;

#[test]
fn a_notice_that_can_be_paid() {
    let station = Station::spawn();
    station.load(&a_position());
    let reply = station.post(given::verify(NAV));
    assert_eq!(reply.header("content-type"), Some("text/xml; charset=utf-8"));
    let expected = "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" \
        xmlns:paf=\"http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd\"><soapenv:Body><paf:paVerifyPaymentNoticeRes>\
        <outcome>OK</outcome><paymentList><paymentOptionDescription><amount>120.50</amount><options>EQ</options>\
        <dueDate>2026-11-23</dueDate><detailDescription>TARI 2026 rata unica</detailDescription><allCCP>false</allCCP>\
        </paymentOptionDescription></paymentList><paymentDescription>TARI 2026 rata unica</paymentDescription>\
        <fiscalCodePA>99000001018</fiscalCodePA><companyName>Comune di Borgolieve</companyName>\
        <officeName>Ufficio Tributi</officeName></paf:paVerifyPaymentNoticeRes></soapenv:Body></soapenv:Envelope>";
    assert_eq!(reply.body, expected);
}

#[test]
fn a_notice_that_is_not_there() {
    let station = Station::spawn();
    let reply = station.post(given::verify(NAV));
    let expected = "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" \
        xmlns:paf=\"http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd\"><soapenv:Body><paf:paVerifyPaymentNoticeRes>\
        <outcome>KO</outcome><fault><faultCode>PAA_PAGAMENTO_SCONOSCIUTO</faultCode><faultString>Pagamento in attesa \
        risulta sconosciuto all'Ente Creditore</faultString><id>99000001018</id><description>Numero avviso \
        307000000001234573 non presente in archivio</description></fault></paf:paVerifyPaymentNoticeRes>\
        </soapenv:Body></soapenv:Envelope>";
    assert_eq!(reply.body, expected);
}

/// Table C, through all three primitives: they never disagree.
#[test]
fn what_the_node_hears_of_a_notice() {
    type Make = fn() -> Option<DebtPosition>;
    fn with(status: PositionStatus, change: fn(&mut PaymentOption)) -> Option<DebtPosition> {
        let mut option = an_option(NAV);
        change(&mut option);
        Some(DebtPosition { status, ..a_position_of(vec![option]) })
    }
    fn beside(status: PositionStatus, own_plan: i64, other: fn(&mut PaymentOption)) -> Option<DebtPosition> {
        let mut rival = an_option(OTHER_NAV);
        other(&mut rival);
        let own = PaymentOption { plan: own_plan, ..an_option(NAV) };
        Some(DebtPosition { status, ..a_position_of(vec![own, rival]) })
    }
    use PositionStatus::*;
    let table: &[(&str, Make, &str)] = &[
        ("C1 not there", || None, "PAA_PAGAMENTO_SCONOSCIUTO"),
        ("C2 draft", || with(Draft, |_| ()), "PAA_PAGAMENTO_SCONOSCIUTO"),
        ("C2 valid later", || with(Published, |o| o.validity_date = Some(days(1))), "PAA_PAGAMENTO_SCONOSCIUTO"),
        ("C3 paid", || with(Paid, |o| o.state = given::paid()), "PAA_PAGAMENTO_DUPLICATO"),
        ("C3 reported", || with(Reported, |o| o.state = given::paid()), "PAA_PAGAMENTO_DUPLICATO"),
        (
            "C3 paid after it expired",
            || {
                with(Paid, |o| {
                    o.state = given::paid();
                    o.switch_to_expired = true;
                    o.due_date = days(-1)
                })
            },
            "PAA_PAGAMENTO_DUPLICATO",
        ),
        (
            "C3 settled by the other option",
            || {
                beside(Paid, 1, |o| {
                    o.plan = 2;
                    o.state = given::paid()
                })
            },
            "PAA_PAGAMENTO_DUPLICATO",
        ),
        ("C4 cancelled", || with(Invalid, |_| ()), "PAA_PAGAMENTO_ANNULLATO"),
        (
            "C4 cancelled beats expired",
            || {
                with(Invalid, |o| {
                    o.switch_to_expired = true;
                    o.due_date = days(-1)
                })
            },
            "PAA_PAGAMENTO_ANNULLATO",
        ),
        (
            "C5 expired",
            || {
                with(Valid, |o| {
                    o.switch_to_expired = true;
                    o.due_date = days(-1)
                })
            },
            "PAA_PAGAMENTO_SCADUTO",
        ),
        ("C5 stored as expired", || with(Expired, |o| o.due_date = days(-1)), "PAA_PAGAMENTO_SCADUTO"),
        (
            "C6 instalments have begun",
            || {
                beside(PartiallyPaid, 1, |o| {
                    o.plan = 0;
                    o.is_partial_payment = true;
                    o.state = given::paid()
                })
            },
            "PAA_PAGAMENTO_ANNULLATO",
        ),
        ("C8 wrong sum", || with(Valid, |o| o.amount = given::euro(1)), "PAA_SEMANTICA"),
        ("C8 no transfer", || with(Valid, |o| o.transfers.clear()), "PAA_SEMANTICA"),
        ("C9 payable", || with(Valid, |_| ()), "OK"),
        ("C9 published, valid since today", || with(Published, |o| o.validity_date = Some(days(0))), "OK"),
        ("C9 overdue but does not expire", || with(Valid, |o| o.due_date = days(-1)), "OK"),
        (
            "C9 due this instant",
            || {
                with(Valid, |o| {
                    o.switch_to_expired = true;
                    o.due_date = days(0)
                })
            },
            "OK",
        ),
        (
            "C9 the next instalment",
            || {
                beside(PartiallyPaid, 0, |o| {
                    o.plan = 0;
                    o.state = given::paid()
                })
            },
            "OK",
        ),
    ];
    for (what, make, answer) in table {
        let station = Station::spawn();
        if let Some(position) = make() {
            station.load(&position);
        }
        for message in [given::verify(NAV), given::get(NAV, ""), given::get_v2(NAV, "")] {
            assert_eq!(station.post(&message).outcome(), *answer, "{what}:\n{message}");
        }
        let alarm = if *answer == "PAA_SEMANTICA" { vec![format!("UNPRESENTABLE_NOTICE {NAV}")] } else { vec![] };
        assert_eq!(station.anomalies(), alarm, "{what}: one anomaly, however often it is asked for");
    }
}

#[test]
fn time_alone_opens_and_closes_a_notice() {
    let station = Station::spawn();
    let option =
        PaymentOption { validity_date: Some(days(1)), due_date: days(3), switch_to_expired: true, ..an_option(NAV) };
    station.load(&DebtPosition { status: PositionStatus::Published, ..a_position_of(vec![option]) });
    for (day, answer) in [(0, "PAA_PAGAMENTO_SCONOSCIUTO"), (1, "OK"), (3, "OK"), (4, "PAA_PAGAMENTO_SCADUTO")] {
        station.set_now(days(day));
        assert_eq!(station.post(given::verify(NAV)).outcome(), answer, "day {day}");
    }
}

#[test]
fn an_account_that_is_itself_postal_counts_unless_one_follows_gpd() {
    for (validation, all_ccp) in [(Validation::Strict, "true"), (Validation::Gpd, "false")] {
        let station = Station::spawn_with(|settings| settings.validation = validation);
        let mut position = a_position();
        position.options[0].transfers[0].account = Account::Iban { iban: given::POSTAL.into(), postal_iban: None };
        station.load(&position);
        assert_eq!(station.post(given::verify(NAV)).element("allCCP").as_deref(), Some(all_ccp));
    }
}

#[test]
fn all_ccp_says_whether_every_share_can_go_to_a_postal_account() {
    for (accounts, all_ccp) in [
        (vec![given::bank()], "false"),
        (vec![given::bank_and_postal()], "true"),
        (vec![given::bank_and_postal(), given::bank()], "false"),
        (vec![given::bank_and_postal(), given::stamp()], "false"),
    ] {
        let station = Station::spawn();
        let mut option = an_option(NAV);
        option.amount = given::euro(1_000 * accounts.len() as i64);
        option.transfers = accounts
            .into_iter()
            .enumerate()
            .map(|(at, account)| given::a_transfer(at as i64 + 1, 1_000, account))
            .collect();
        station.load(&a_position_of(vec![option]));
        assert_eq!(station.post(given::verify(NAV)).element("allCCP").as_deref(), Some(all_ccp));
    }
}
