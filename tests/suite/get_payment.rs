//! `paGetPayment` and V2: the payment as the PSP will collect it, and the transfers of `domain` 7.

use ec_station::domain::codes::OrganizationCode;
use ec_station::domain::position::{Account, MapEntry, Transfer};

use crate::given::{self, BANK, NAV, POSTAL, PROVINCIA, a_position, a_position_of, a_transfer, an_option};
use crate::station::Station;

#[test]
fn the_first_generation_word_for_word() {
    let station = Station::spawn();
    let mut position = a_position();
    position.options[0].metadata = vec![MapEntry { key: "IdPratica".into(), value: "TARI-2026-000123".into() }];
    position.options[0].retention_date = Some(given::days(30));
    station.load(&position);
    let reply = station.post(given::get(NAV, "<amount>0.00</amount><transferType>POSTAL</transferType>"));
    let expected = "<paf:paGetPaymentRes><outcome>OK</outcome><data><creditorReferenceId>07000000001234573\
        </creditorReferenceId><paymentAmount>120.50</paymentAmount><dueDate>2026-11-23</dueDate>\
        <retentionDate>2026-12-22T12:00:00</retentionDate><lastPayment>false</lastPayment>\
        <description>TARI 2026 rata unica</description><companyName>Comune di Borgolieve</companyName>\
        <officeName>Ufficio Tributi</officeName><debtor><uniqueIdentifier><entityUniqueIdentifierType>F\
        </entityUniqueIdentifierType><entityUniqueIdentifierValue>VRDPNC70A01Z999J</entityUniqueIdentifierValue>\
        </uniqueIdentifier><fullName>Pancrazio Verdelli</fullName><streetName>Via dei Tigli</streetName>\
        <civicNumber>12/A</civicNumber><postalCode>00100</postalCode><city>Borgolieve</city>\
        <stateProvinceRegion>RM</stateProvinceRegion><country>IT</country><e-mail>p.verdelli@example.org</e-mail>\
        </debtor><transferList><transfer><idTransfer>1</idTransfer><transferAmount>120.50</transferAmount>\
        <fiscalCodePA>99000001018</fiscalCodePA><IBAN>IT41P9999911111000000123456</IBAN>\
        <remittanceInformation>TARI 2026</remittanceInformation><transferCategory>0101101IM</transferCategory>\
        </transfer></transferList><metadata><mapEntry><key>IdPratica</key><value>TARI-2026-000123</value></mapEntry>\
        </metadata></data></paf:paGetPaymentRes>";
    assert!(reply.body.contains(expected), "{}", reply.body);
}

#[test]
fn several_beneficiaries_and_a_stamp() {
    let station = Station::spawn();
    let mut option = an_option(NAV);
    option.transfers = vec![
        a_transfer(1, 10_000, given::bank_and_postal()),
        Transfer { organization: OrganizationCode::new(PROVINCIA), ..a_transfer(2, 450, given::bank()) },
        a_transfer(3, 1_600, given::stamp()),
    ];
    station.load(&a_position_of(vec![option]));
    let reply = station.post(given::get_v2(NAV, "<transferType>PAGOPA</transferType>"));
    assert_eq!(reply.elements("transferAmount"), ["100.00", "4.50", "16.00"]);
    assert_eq!(
        reply.elements("companyName")[1..],
        ["Comune di Borgolieve", "Provincia di Terralieve", "Comune di Borgolieve"]
    );
    let stamp = "<fiscalCodePA>99000001018</fiscalCodePA><companyName>Comune di Borgolieve</companyName>\
        <richiestaMarcaDaBollo><hashDocumento>Xr870T9/vS4ZL01FtdXuTRqyGRUK0N1hxcQCERhIgEk=</hashDocumento>\
        <tipoBollo>01</tipoBollo><provinciaResidenza>RM</provinciaResidenza></richiestaMarcaDaBollo>\
        <remittanceInformation>";
    assert!(reply.body.contains(stamp), "{}", reply.body);

    // The first generation cannot carry a stamp; verify cannot know which generation will follow.
    assert_eq!(station.post(given::get(NAV, "")).outcome(), "PAA_SEMANTICA");
    assert_eq!(station.post(given::verify(NAV)).outcome(), "OK");
    assert_eq!(station.anomalies(), [format!("UNPRESENTABLE_NOTICE {NAV}")]);
}

/// The table of `domain` 7.1, for both generations.
#[test]
fn which_account_is_credited() {
    let table = "
        asked for | accounts        | V1 IBAN | V2 IBAN | V2 IBANAPPOGGIO
                  | bank            | bank    | bank    | -
                  | postal          | postal  | postal  | -
                  | bank and postal | bank    | bank    | -
        POSTAL    | bank            | bank    | bank    | -
        POSTAL    | postal          | postal  | postal  | -
        POSTAL    | bank and postal | postal  | postal  | -
        PAGOPA    | bank            | bank    | bank    | -
        PAGOPA    | postal          | postal  | postal  | -
        PAGOPA    | bank and postal | bank    | bank    | postal";
    let iban = |word: &str| if word == "postal" { POSTAL } else { BANK };
    for row in given::rows(table) {
        let station = Station::spawn();
        let mut position = a_position();
        position.options[0].transfers[0].account = match row[1].as_str() {
            "bank" => given::bank(),
            "postal" => Account::Iban { iban: POSTAL.into(), postal_iban: None },
            _ => given::bank_and_postal(),
        };
        station.load(&position);
        let more = if row[0].is_empty() { String::new() } else { format!("<transferType>{}</transferType>", row[0]) };
        let first = station.post(given::get(NAV, &more));
        assert_eq!(first.elements("IBAN"), [iban(&row[2])], "{row:?}");
        assert!(!first.body.contains("IBANAPPOGGIO"), "{row:?}");
        let second = station.post(given::get_v2(NAV, &more));
        assert_eq!(second.elements("IBAN"), [iban(&row[3])], "{row:?}");
        let beside =
            format!("<metadata><mapEntry><key>IBANAPPOGGIO</key><value>{POSTAL}</value></mapEntry></metadata>");
        assert_eq!(second.body.contains(&beside), row[4] == "postal", "{row:?}");
    }
}

#[test]
fn a_get_may_be_repeated_for_ever() {
    let station = Station::spawn();
    station.load(&a_position());
    let first = station.post(given::get_v2(NAV, "")).body;
    for _ in 0..3 {
        assert_eq!(station.post(given::get_v2(NAV, "")).body, first);
    }
    assert_eq!(station.post(given::verify(NAV)).outcome(), "OK");
}

#[test]
fn metadata_of_transfers_is_for_the_second_generation_unless_configured() {
    let mut position = a_position();
    position.options[0].transfers[0].metadata = vec![MapEntry { key: "Conto".into(), value: "E.1.01".into() }];
    for configured in [false, true] {
        let station = Station::spawn_with(|settings| settings.v1_transfer_metadata = configured);
        station.load(&position);
        assert_eq!(station.post(given::get(NAV, "")).body.contains("<key>Conto</key>"), configured);
        assert!(station.post(given::get_v2(NAV, "")).body.contains("<key>Conto</key>"));
    }
}
