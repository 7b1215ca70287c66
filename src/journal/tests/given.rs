//! What the journal's tests begin with: exchanges as they really look, and any entry at all.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use proptest::prelude::*;

use crate::journal::{About, Entry, Event, Exchange, Gap, Outcome};

const COMUNE: &str = "99000001018";

/// A notice number of the fictional town.
pub(in crate::journal) fn nav(number: u64) -> String {
    // Spread, as the numbers of the notices that are asked for in one second are.
    format!("3070{:014}", number * 7_919_000_011 % 100_000_000_000_000)
}

fn at() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 10, 9, 41, 7).unwrap() + TimeDelta::microseconds(123_456)
}

/// A number that differs from notice to notice and from use to use, without a pattern that would compress.
fn digits(nav: &str, from: u64, to: u64) -> u64 {
    let number: u64 = nav[4..].parse().unwrap();
    let mut mixed = number.wrapping_add(from.wrapping_mul(0x9e37_79b9_7f4a_7c15)).wrapping_add(to);
    for factor in [0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb] {
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(factor);
    }
    from + (mixed ^ (mixed >> 31)) % (to - from)
}

fn request(root: &str, content: &str) -> String {
    format!(
        "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         xmlns:pafn=\"http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd\"><soapenv:Header/><soapenv:Body><pafn:{root}>\
         <idPA>{COMUNE}</idPA><idBrokerPA>{COMUNE}</idBrokerPA><idStation>{COMUNE}_01</idStation>{content}\
         </pafn:{root}></soapenv:Body></soapenv:Envelope>"
    )
}

fn response(root: &str, content: &str) -> String {
    format!(
        "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         xmlns:paf=\"http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd\"><soapenv:Body><paf:{root}>{content}\
         </paf:{root}></soapenv:Body></soapenv:Envelope>"
    )
}

fn exchange_of(nav: &str, operation: &str, request: String, response: String) -> Exchange {
    let header = |name: &str, value: String| (name.to_owned(), value);
    let trace = format!("{:016x}{:016x}", digits(nav, 0, u64::MAX), digits(nav, 7, u64::MAX - 7));
    Exchange {
        received_at: at() + TimeDelta::microseconds(digits(nav, 0, 60_000_000) as i64),
        answered_in: Duration::from_micros(digits(nav, 300, 4_000)),
        peer: format!("192.0.2.{}:{}", digits(nav, 1, 5), digits(nav, 30_000, 60_000)),
        method: "POST".into(),
        path: "/soap/paForNode".into(),
        request_headers: vec![
            header("host", "station.comune.example".into()),
            header("content-type", "text/xml; charset=utf-8".into()),
            header("soapaction", format!("\"{operation}\"")),
            header("x-request-id", trace),
            header("content-length", request.len().to_string()),
        ],
        request: Some(request.into_bytes()),
        status: 200,
        response_headers: vec![
            header("content-type", "text/xml; charset=utf-8".into()),
            header("content-length", response.len().to_string()),
        ],
        response: Some(response.into_bytes()),
        about: About {
            operation: operation.into(),
            organization: COMUNE.into(),
            nav: nav.into(),
            iuv: nav[1..].into(),
            broker: COMUNE.into(),
            station: format!("{COMUNE}_01"),
            ..About::default()
        },
        outcome: Outcome::Ok,
        fault: None,
        rule: Some("C9".into()),
        why: String::new(),
    }
}

fn qr_code(nav: &str) -> String {
    format!("<qrCode><fiscalCode>{COMUNE}</fiscalCode><noticeNumber>{nav}</noticeNumber></qrCode>")
}

fn amount(nav: &str) -> String {
    format!("{}.{:02}", digits(nav, 10, 900), digits(nav, 0, 100))
}

/// A verify and its OK.
pub(in crate::journal) fn exchange() -> Exchange {
    verify("307000000001234573")
}

fn verify(nav: &str) -> Exchange {
    let answer = format!(
        "<outcome>OK</outcome><paymentList><paymentOptionDescription><amount>{}</amount><options>EQ</options>\
         <dueDate>2026-{:02}-{:02}</dueDate><detailDescription>TARI 2026 utenza {} rata unica</detailDescription>\
         <allCCP>true</allCCP></paymentOptionDescription></paymentList>\
         <paymentDescription>TARI 2026 utenza {} rata unica</paymentDescription><fiscalCodePA>{COMUNE}</fiscalCodePA>\
         <companyName>Comune di Borgolieve</companyName><officeName>Ufficio Tributi</officeName>",
        amount(nav),
        digits(nav, 1, 13),
        digits(nav, 1, 29),
        digits(nav, 10_000, 99_999),
        digits(nav, 10_000, 99_999),
    );
    let mut exchange = exchange_of(
        nav,
        "paVerifyPaymentNotice",
        request("paVerifyPaymentNoticeReq", &qr_code(nav)),
        response("paVerifyPaymentNoticeRes", &answer),
    );
    exchange.why = amount(nav);
    exchange
}

pub(in crate::journal) fn a_verify(nav: &str) -> Entry {
    Entry::Exchange(Box::new(verify(nav)))
}

fn debtor(nav: &str) -> String {
    let person = digits(nav, 100, 999);
    format!(
        "<debtor><uniqueIdentifier><entityUniqueIdentifierType>F</entityUniqueIdentifierType>\
         <entityUniqueIdentifierValue>VRDPNC70A01Z{person}J</entityUniqueIdentifierValue></uniqueIdentifier>\
         <fullName>Pancrazio Verdelli</fullName><streetName>Via dei Tigli</streetName>\
         <civicNumber>{person}</civicNumber><postalCode>00100</postalCode><city>Borgolieve</city>\
         <stateProvinceRegion>RM</stateProvinceRegion><country>IT</country></debtor>"
    )
}

fn transfers(nav: &str) -> String {
    format!(
        "<transferList><transfer><idTransfer>1</idTransfer><transferAmount>{}</transferAmount>\
         <fiscalCodePA>{COMUNE}</fiscalCodePA><IBAN>IT41P9999911111000000123456</IBAN>\
         <remittanceInformation>/RFB/{}/{}/TXT/TARI 2026</remittanceInformation>\
         <transferCategory>0101101IM</transferCategory></transfer></transferList>",
        amount(nav),
        &nav[1..],
        amount(nav),
    )
}

/// A get and its OK.
pub(in crate::journal) fn a_get(nav: &str) -> Entry {
    let asked = format!("{}<amount>{}</amount>", qr_code(nav), amount(nav));
    let answer = format!(
        "<outcome>OK</outcome><data><creditorReferenceId>{}</creditorReferenceId><paymentAmount>{}</paymentAmount>\
         <dueDate>2026-12-31</dueDate><description>TARI 2026 utenza {} rata unica</description>\
         <companyName>Comune di Borgolieve</companyName><officeName>Ufficio Tributi</officeName>{}{}</data>",
        &nav[1..],
        amount(nav),
        digits(nav, 10_000, 99_999),
        debtor(nav),
        transfers(nav),
    );
    let (request, response) = (request("paGetPaymentV2Request", &asked), response("paGetPaymentV2Response", &answer));
    Entry::Exchange(Box::new(exchange_of(nav, "paGetPaymentV2", request, response)))
}

/// A get and its KO: the notice was cancelled.
pub(in crate::journal) fn a_refusal(nav: &str) -> Entry {
    let answer = format!(
        "<outcome>KO</outcome><fault><faultCode>PAA_PAGAMENTO_ANNULLATO</faultCode>\
         <faultString>Pagamento in attesa risulta annullato all'Ente Creditore</faultString><id>{COMUNE}</id>\
         <description>Numero avviso {nav} annullato</description></fault>"
    );
    let (request, response) = (request("paGetPaymentReq", &qr_code(nav)), response("paGetPaymentRes", &answer));
    let mut exchange = exchange_of(nav, "paGetPayment", request, response);
    exchange.outcome = Outcome::Ko;
    exchange.fault = Some("PAA_PAGAMENTO_ANNULLATO".into());
    exchange.rule = Some("C4".into());
    exchange.about.parameters = vec![("transferType".into(), "POSTAL".into())];
    Entry::Exchange(Box::new(exchange))
}

/// A receipt and its OK.
pub(in crate::journal) fn a_receipt(nav: &str) -> Entry {
    let receipt = format!(
        "<receipt><receiptId>receipt-of-{nav}</receiptId><noticeNumber>{nav}</noticeNumber>\
         <fiscalCode>{COMUNE}</fiscalCode><outcome>OK</outcome><creditorReferenceId>{}</creditorReferenceId>\
         <paymentAmount>{}</paymentAmount><description>TARI 2026</description>\
         <companyName>Comune di Borgolieve</companyName>{}{}<idPSP>99000003030</idPSP>\
         <PSPCompanyName>Banca Esempio S.p.A.</PSPCompanyName><idChannel>99000003030_01</idChannel>\
         <channelDescription>app</channelDescription><paymentMethod>creditCard</paymentMethod><fee>1.50</fee>\
         <paymentDateTime>2026-03-10T09:41:07</paymentDateTime><applicationDate>2026-03-10</applicationDate>\
         <transferDate>2026-03-11</transferDate></receipt>",
        &nav[1..],
        amount(nav),
        debtor(nav),
        transfers(nav),
    );
    let response = response("paSendRTRes", "<outcome>OK</outcome>");
    let mut exchange = exchange_of(nav, "paSendRT", request("paSendRTReq", &receipt), response);
    exchange.rule = Some("D8".into());
    exchange.about.receipt_id = format!("receipt-of-{nav}");
    exchange.about.psp = "99000003030".into();
    exchange.about.channel = "99000003030_01".into();
    exchange.about.payment_method = "creditCard".into();
    Entry::Exchange(Box::new(exchange))
}

pub(in crate::journal) fn an_event(nav: &str) -> Entry {
    Entry::Event(Event {
        at: at() + TimeDelta::microseconds(1_500),
        name: "OPTION_PAID".into(),
        organization: COMUNE.into(),
        nav: nav.into(),
        iuv: nav[1..].into(),
        iupd: format!("IUPD-{nav}"),
        receipt_id: format!("receipt-of-{nav}"),
        why: "120.50 paid".into(),
    })
}

pub(in crate::journal) fn a_gap() -> Entry {
    let why = "the disk was too slow".into();
    Entry::Gap(Gap { from: at(), to: at() + TimeDelta::seconds(2), count: 12, why })
}

fn any_time() -> impl Strategy<Value = DateTime<Utc>> {
    prop_oneof![any::<i32>().prop_map(i64::from), -8_000_000_000_000_000_000i64..8_000_000_000_000_000_000]
        .prop_map(|micros| DateTime::from_timestamp_micros(micros).unwrap_or_default())
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), "[0-9a-z_]{1,18}", ".{0,40}", "\\PC{120,140}"]
}

fn any_body() -> impl Strategy<Value = Option<Vec<u8>>> {
    prop::option::of(prop::collection::vec(any::<u8>(), 0..300))
}

fn any_pairs() -> impl Strategy<Value = Vec<(String, String)>> {
    prop::collection::vec((any_text(), any_text()), 0..4)
}

fn any_about() -> impl Strategy<Value = About> {
    (prop::array::uniform10(any_text()), any_pairs()).prop_map(|(texts, parameters)| {
        let [operation, organization, nav, iuv, receipt_id, psp, channel, payment_method, broker, station] = texts;
        About {
            operation,
            organization,
            nav,
            iuv,
            receipt_id,
            psp,
            channel,
            payment_method,
            broker,
            station,
            parameters,
        }
    })
}

fn any_exchange() -> impl Strategy<Value = Exchange> {
    let outcome = prop_oneof![Just(Outcome::Ok), Just(Outcome::Ko), Just(Outcome::Fault)];
    let wire = (any_pairs(), any_body(), any::<u16>(), any_pairs(), any_body());
    let end = (outcome, prop::option::of(any_text()), prop::option::of(any_text()), any_text());
    let start = (any_time(), any::<u32>(), any_text(), any_text(), any_text());
    (start, wire, any_about(), end).prop_map(|(start, wire, about, end)| {
        let (received_at, micros, peer, method, path) = start;
        let (request_headers, request, status, response_headers, response) = wire;
        let (outcome, fault, rule, why) = end;
        Exchange {
            received_at,
            answered_in: Duration::from_micros(micros.into()),
            peer,
            method,
            path,
            request_headers,
            request,
            status,
            response_headers,
            response,
            about,
            outcome,
            fault,
            rule,
            why,
        }
    })
}

/// Entries of every kind with whatever can be in them.
pub(in crate::journal) fn any_entry() -> impl Strategy<Value = Entry> {
    let event = (any_time(), prop::array::uniform7(any_text())).prop_map(|(at, texts)| {
        let [name, organization, nav, iuv, iupd, receipt_id, why] = texts;
        Entry::Event(Event { at, name, organization, nav, iuv, iupd, receipt_id, why })
    });
    let gap = (any_time(), any_time(), any::<u64>(), any_text())
        .prop_map(|(from, to, count, why)| Entry::Gap(Gap { from, to, count, why }));
    prop_oneof![any_exchange().prop_map(|exchange| Entry::Exchange(Box::new(exchange))), event, gap]
}
