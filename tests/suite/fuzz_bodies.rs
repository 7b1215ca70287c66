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

fn messages() -> Vec<Vec<u8>> {
    let receipt = a_receipt_for(NAV);
    [given::verify(NAV), given::get(NAV, "<amount>1.00</amount>"), given::demand(), receipt.v1(), receipt.v2()]
        .map(String::into_bytes)
        .to_vec()
}

/// Noise, or a sample with some of its bytes replaced, removed or doubled.
fn bytes(samples: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
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
                2 => bytes.insert(at, b"<>&'\"/ ![]?\0"[usize::from(byte) % 12]),
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
    fn any_xml_reads_back(bytes in bytes(messages())) {
        bodies::xml(&bytes);
    }
}
