//! Requests as an operator writes them. A test sends each of them.

use serde_json::{Value, json};

/// The organization of the examples.
pub(super) const ORGANIZATION: &str = "99000001018";
/// The position of the examples.
pub(super) const IUPD: &str = "TARI-2026-0001";
/// The IUV of its option.
pub(super) const IUV: &str = "07000000001234573";
/// The notice number of its option.
pub(super) const NAV: &str = "307000000001234573";

/// An account of the organization.
pub(super) const IBAN: &str = "IT60X0542811101000000123456";

/// The id of an upload.
pub(super) const UPLOAD: &str = "99000001018_99000001018_00000000000000000000000000000000";

/// A position with one option.
pub(in crate::rest) fn position() -> Value {
    json!({
        "iupd": IUPD,
        "type": "F",
        "fiscalCode": "VRDPNC70A01Z999J",
        "fullName": "Pancrazio Verdelli",
        "companyName": "Comune di Borgolieve",
        "officeName": "Ufficio Tributi",
        "switchToExpired": false,
        "paymentOption": [{
            "iuv": IUV,
            "amount": 12050,
            "description": "TARI 2026",
            "isPartialPayment": false,
            "dueDate": "2030-12-31T22:59:59",
            "transfer": [{
                "idTransfer": "1",
                "amount": 12050,
                "remittanceInformation": "TARI 2026",
                "category": "0101101IM",
                "iban": IBAN,
            }],
        }],
    })
}

/// Which notices to print.
pub(in crate::rest) fn notices_to_print() -> Value {
    json!({ "notices": [NAV] })
}

/// An organization as in the file of the registry.
pub(in crate::rest) fn organization() -> Value {
    json!({
        "fiscalCode": ORGANIZATION,
        "companyName": "Comune di Borgolieve",
        "officeName": "Ufficio Tributi",
        "active": true,
        "stations": stations()["stations"],
        "ibans": [IBAN],
        "letterhead": {
            "cbill": "AB1CD",
            "contacts": "Tel. 06 0000000, tributi@borgolieve.example",
            "language": "it-de",
            "postalAccount": {
                "number": "000099999999",
                "holder": "Comune di Borgolieve - Servizio Tesoreria",
                "authorization": "Aut. DB/SSIC/E 0000 del 01/01/2026",
            },
        },
    })
}

/// The stations that serve it.
pub(in crate::rest) fn stations() -> Value {
    json!({ "stations": [{
        "idStation": "99000001018_01",
        "idBroker": "99000001018",
        "auxDigit": 3,
        "segregationCode": "07",
        "broadcast": false,
    }] })
}

/// An account of its.
pub(in crate::rest) fn iban() -> Value {
    json!({ "iban": IBAN })
}

/// How an anomaly was dealt with.
pub(in crate::rest) fn note() -> Value {
    json!({ "note": "Paid back by bank transfer on 23 November." })
}

/// A webhook.
pub(in crate::rest) fn webhook() -> Value {
    json!({
        "url": "https://portale.example.org/pagopa",
        "events": ["receipt", "anomaly"],
        "headers": { "X-Portal-Key": "k3-77" },
    })
}

/// Several positions.
pub(in crate::rest) fn positions() -> Value {
    json!({ "paymentPositions": [position()] })
}

/// The keys of several positions.
pub(in crate::rest) fn keys() -> Value {
    json!({ "paymentPositionIUPDs": [IUPD] })
}

/// Another account.
pub(in crate::rest) fn new_account() -> Value {
    json!({ "newIban": "IT37Y0542811101000000123457" })
}

/// A payment that a provider has collected.
pub(in crate::rest) fn payment() -> Value {
    json!({
        "paymentDate": "2026-11-22T09:41:07",
        "paymentMethod": "CP",
        "pspCompany": "Banca di Borgolieve",
        "idReceipt": "ecf0a1b2c3d4e5f60718293a4b5c6d7e",
        "fee": 150,
    })
}

/// A payment that was made at the counter.
pub(in crate::rest) fn paid_elsewhere() -> Value {
    json!({ "paymentDate": "2026-11-22T09:41:07" })
}

/// What a notification costs.
pub(in crate::rest) fn fee() -> Value {
    json!({ "notificationFee": 220 })
}

/// A position of version 3: a single payment.
pub(in crate::rest) fn position_v3() -> Value {
    let option = &position()["paymentOption"][0];
    json!({
        "iupd": IUPD,
        "companyName": "Comune di Borgolieve",
        "officeName": "Ufficio Tributi",
        "paymentOption": [{
            "description": "All at once",
            "switchToExpired": false,
            "debtor": { "type": "F", "fiscalCode": "VRDPNC70A01Z999J", "fullName": "Pancrazio Verdelli" },
            "installments": [{
                "iuv": IUV,
                "amount": option["amount"],
                "description": option["description"],
                "dueDate": option["dueDate"],
                "transfer": option["transfer"],
            }],
        }],
    })
}
