//! The bodies of the fuzz targets as property tests: noise, and good inputs with a few bytes changed.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::given::{self, NAV, a_receipt_for};

#[path = "../fuzz/bodies.rs"]
mod bodies;

const STAMP: &str = "<marcaDaBollo xmlns=\"http://www.agenziaentrate.gov.it/2014/MarcaDaBollo\" \
    xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><PSP><CodiceFiscale>99000003030</CodiceFiscale><Denominazione>Banca \
    Esempio S.p.A.</Denominazione></PSP><IUBD>1</IUBD><OraAcquisto>2026-11-22T09:41:07</OraAcquisto><Importo>16.00\
    </Importo><TipoBollo>01</TipoBollo><ImprontaDocumento><DigestMethod \
    Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><ds:DigestValue>AAAA</ds:DigestValue></ImprontaDocumento>\
    <ds:Signature/></marcaDaBollo>";

/// A right file of each form, with a stamp and with instalments.
fn files() -> Vec<Vec<u8>> {
    let header = "iupd,type,fiscalCode,fullName,companyName,nav,amount,description,isPartialPayment,dueDate,idTransfer,\
        transferAmount,remittanceInformation,category,iban,stampHash,stampType,stampProvince";
    let row = |iupd: &str, nav: &str, partial: &str, account: &str| {
        format!(
            "{iupd},F,VRDPNC70A01Z999J,Pancrazio Verdelli,Comune di Borgolieve,{nav},16.00,TARI,{partial},2030-12-31,1,16.00,\
             TARI,0101101IM,{account}"
        )
    };
    let bank = format!("{},,,", given::BANK);
    let csv = [
        header.to_owned(),
        row("A", NAV, "true", &bank),
        row("A", given::OTHER_NAV, "true", &bank),
        row("B", "307000000001234775", "false", &format!(",{},01,RM", given::HASH)),
    ];
    let json = format!(
        r#"{{"iupd":"A","type":"F","fiscalCode":"VRDPNC70A01Z999J","fullName":"Pancrazio Verdelli","companyName":"Comune",
        "switchToExpired":false,"status":"VALID","paymentOption":[{{"iuv":"{}","amount":1600,"description":"TARI",
        "isPartialPayment":false,"dueDate":"2030-12-31T22:59:59Z","transfer":[{{"idTransfer":"1","amount":1600,
        "remittanceInformation":"TARI","category":"9/0101101IM/","iban":"{}"}}]}}]}}"#,
        &NAV[1..],
        given::BANK
    );
    let line = json.replace('\n', " ");
    vec![
        csv.join("\n").into(),
        csv.join("\r\n").replace(',', ";").into(),
        format!(r#"{{"paymentPositions":[{json}]}}"#).into(),
        line.into(),
    ]
}

fn messages() -> Vec<Vec<u8>> {
    let receipt = a_receipt_for(NAV);
    [given::verify(NAV), given::get(NAV, "<amount>1.00</amount>"), given::demand(), receipt.v1(), receipt.v2()]
        .map(String::into_bytes)
        .to_vec()
}

/// Right bodies of requests of the front office.
pub fn openings() -> Vec<Vec<u8>> {
    let notice = format!(r#""ente_pa":"{}","avviso_pa":"{NAV}""#, given::COMUNE);
    [
        format!(
            r#"{{"data":{{{notice},"importo":"120.50","nome":"Pancrazio","callback":{{"url":"https://a.example.org/"}}}}}}"#
        ),
        format!(r#"{{{notice},"x":[1,{{"y":2.50}}],"telefono":7,"email":"a@b.it"}}"#),
        format!(r#"{{"qr":"PAGOPA|002|{NAV}|{}|12050"}}"#, given::COMUNE),
        r#"{"callback":{"url":"https://a.example.org/","method":"PUT","headers":{"a":"b"}}}"#.to_owned(),
        "data=%7B%22nome%22%3A%22a%22%7D".to_owned(),
    ]
    .map(String::into_bytes)
    .to_vec()
}

/// Noise, or a sample with some of its bytes replaced, removed or doubled.
pub fn bytes(samples: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let change = (any::<prop::sample::Index>(), 0u8..4, any::<u8>());
    let changed = (prop::sample::select(samples), vec(change, 0..8)).prop_map(|(mut bytes, changes)| {
        for (at, what, byte) in changes {
            if bytes.is_empty() {
                break;
            }
            let at = at.index(bytes.len());
            match what {
                0 => bytes[at] = byte,
                1 => drop(bytes.remove(at)),
                2 => bytes.insert(at, b"<>&'\"/ ![]?\0{}:,\\|"[usize::from(byte) % 18]),
                _ => bytes.truncate(at + 1),
            }
        }
        bytes
    });
    prop_oneof![1 => vec(any::<u8>(), 0..200), 9 => changed]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_a_message_or_none(bytes in bytes(messages())) {
        bodies::message(&bytes);
    }

    #[test]
    fn any_bytes_are_a_stamp_or_none(bytes in bytes(vec![STAMP.into()])) {
        bodies::stamp(&bytes);
    }

    #[test]
    fn what_is_taken_from_a_file_can_be_told(bytes in bytes(files())) {
        bodies::positions(&bytes);
    }

    #[test]
    fn any_bytes_are_a_payment_request_or_none(bytes in bytes(openings())) {
        bodies::opening(&bytes);
    }

    #[test]
    fn any_xml_reads_back(bytes in bytes(messages())) {
        bodies::xml(&bytes);
    }
}

/// The samples are good, or the properties would say nothing about good inputs.
#[test]
fn the_samples_are_taken() {
    use ec_station::intake::{Format, Rules, Validation, read};
    let rules = || Rules {
        organization: ec_station::domain::codes::OrganizationCode::new(given::COMUNE),
        validation: Validation::Strict,
        history: false,
        now: given::today(),
        catalogue: None,
        registered_ibans: vec![],
    };
    let forms = [Format::Csv, Format::Csv, Format::Json, Format::Jsonl];
    for (file, format) in files().iter().zip(forms) {
        for item in read(format, &file[..], rules()).map_err(|_| "unreadable").unwrap() {
            let item = item.map_err(|_| "unreadable").unwrap();
            assert!(item.result.is_ok(), "{:?}", item.result);
        }
    }
}
