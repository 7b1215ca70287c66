//! Fixtures to begin with: fictional creditors and a notice of every kind that the built-in cases ask for.
//!
//! They can be loaded into a station of ours as they are; for another one they show what a file of fixtures holds.

use serde_json::{Value, json};

use crate::domain::codes::check_digits;

const COMUNE: &str = "99000001018";
const PROVINCIA: &str = "99000002024";
const BANK: &str = "IT41P9999911111000000123456";
const POSTAL: &str = "IT94G0760199999000099999999";
const PROVINCIA_BANK: &str = "IT93I9999922222000000654321";

/// A date that a suite will not live to see.
const FAR: &str = "2099-12-31T22:59:59";
/// A date that has passed.
const PAST: &str = "2020-01-31T22:59:59";

/// How many notices there are for the cases that pay one.
const TO_BE_PAID: usize = 60;

/// How a station of ours comes to hold the example, and is tried with it.
pub const LINES: [&str; 4] = [
    "ec-station registry import fixtures.json",
    "ec-station load fixtures.json --organization 99000001018 --history",
    "ec-station serve",
    "ec-station conformance --url http://localhost:8080/soap/paForNode --fixtures fixtures.json",
];

/// The registry of who takes part, the debt positions, and how the notices stand where that is not in the positions.
pub fn example() -> Value {
    let mut file = Positions::default();
    for number in 1..=TO_BE_PAID {
        file.payable(&format!("TARI 2026, utenza {number}"), 12_050, vec![bank(1, 12_050)]);
    }
    for number in 1..=3 {
        file.payable(&format!("Mensa scolastica, mese {number}"), 3_500, vec![postal(1, 3_500)]);
        let shares = vec![bank(1, 10_000), postal(2, 2_550)];
        file.payable(&format!("Diritti e oneri {number}"), 12_550, shares);
        file.payable(&format!("Pratica edilizia {number}"), 13_600, vec![bank(1, 12_000), stamp(2, 1_600)]);
        let shares = vec![bank(1, 10_000), share_of_the_province(2, 2_050)];
        file.payable(&format!("TEFA {number}"), 12_050, shares);
    }
    for number in 1..=4 {
        let notice = file.payable(&format!("Retta asilo {number}"), 9_000, vec![bank(1, 9_000)]);
        let entry = json!({"key": "IdPratica", "value": format!("ASILO-2026-{number:06}")});
        option(notice)["paymentOptionMetadata"] = json!([entry]);
    }
    let overdue = file.payable("Sanzione, tardi ma pagabile", 4_200, vec![bank(1, 4_200)]);
    option(overdue)["dueDate"] = PAST.into();

    for number in 1..=4 {
        let expired = file.payable(&format!("Iscrizione al corso {number}"), 1_500, vec![bank(1, 1_500)]);
        option(expired)["dueDate"] = PAST.into();
        expired["switchToExpired"] = true.into();
        expired["status"] = "EXPIRED".into();
        file.payable(&format!("Annullato dall'ente {number}"), 2_000, vec![bank(1, 2_000)])["status"] =
            "INVALID".into();
    }
    file.payable("Bozza", 5_000, vec![bank(1, 5_000)])["status"] = "DRAFT".into();
    let later = file.payable("Valido tra molti anni", 6_000, vec![bank(1, 6_000)]);
    later["validityDate"] = "2099-01-01T00:00:00".into();
    later["status"] = "PUBLISHED".into();
    let paid = file.payable("Lampade votive", 7_725, vec![bank(1, 7_725)]);
    pay(option(paid));
    paid["status"] = "PAID".into();
    let superseded = file.in_instalments("Oneri di urbanizzazione", 9_000);

    json!({
        "comment": LINES,
        "organizations": [
            organization(COMUNE, "Comune di Borgolieve", "Ufficio Tributi", &[BANK, POSTAL], false),
            organization(PROVINCIA, "Provincia di Terralieve", "Ragioneria", &[PROVINCIA_BANK], true),
        ],
        "psps": [{
            "idPSP": "99000003030", "companyName": "Banca Esempio S.p.A.", "fiscalCode": "99000003030",
            "channels": [{"idChannel": "99000003030_01", "idBrokerPSP": "99000003030", "password": "pwdpwdpwd"}],
        }],
        "states": { superseded: "SUPERSEDED" },
        "paymentPositions": file.positions,
    })
}

/// The positions, and the number of the next notice.
#[derive(Default)]
struct Positions {
    positions: Vec<Value>,
    notices: u32,
}

impl Positions {
    /// Adds a position of one notice that can be paid.
    fn payable(&mut self, description: &str, cents: i64, transfers: Vec<Value>) -> &mut Value {
        let option = self.option(description, cents, transfers);
        self.add(vec![option])
    }

    /// Adds a debt whose first instalment is paid, and gives the number of the notice for all of it at once.
    fn in_instalments(&mut self, description: &str, cents: i64) -> String {
        let at_once = self.option(description, cents, vec![bank(1, cents)]);
        let nav = at_once["nav"].as_str().unwrap_or_default().to_owned();
        let mut options = vec![at_once];
        for number in 1..=2 {
            let half = cents / 2;
            let mut instalment = self.option(&format!("{description}, rata {number}"), half, vec![bank(1, half)]);
            instalment["isPartialPayment"] = true.into();
            options.push(instalment);
        }
        pay(&mut options[1]);
        self.add(options)["status"] = "PARTIALLY_PAID".into();
        nav
    }

    fn option(&mut self, description: &str, cents: i64, transfers: Vec<Value>) -> Value {
        self.notices += 1;
        let number = format!("307{:013}", 770_000 + self.notices);
        let nav = format!("{number}{}", check_digits(&number));
        json!({
            "nav": nav, "iuv": nav[1..], "amount": cents, "description": description, "isPartialPayment": false,
            "dueDate": FAR, "transfer": transfers,
        })
    }

    fn add(&mut self, options: Vec<Value>) -> &mut Value {
        let iupd = format!("CONFORMANCE-{}", self.positions.len() + 1);
        self.positions.push(json!({
            "iupd": iupd, "type": "F", "fiscalCode": "VRDPNC70A01Z999J", "fullName": "Pancrazio Verdelli",
            "streetName": "Via dei Tigli", "civicNumber": "12/A", "postalCode": "00100", "city": "Borgolieve",
            "province": "RM", "country": "IT", "email": "p.verdelli@example.org",
            "companyName": "Comune di Borgolieve", "officeName": "Ufficio Tributi", "switchToExpired": false,
            "status": "VALID", "paymentOption": options,
        }));
        self.positions.last_mut().expect("it was just added")
    }
}

fn organization(code: &str, name: &str, office: &str, ibans: &[&str], broadcast: bool) -> Value {
    json!({
        "fiscalCode": code, "companyName": name, "officeName": office, "ibans": ibans,
        "stations": [{"idStation": format!("{code}_01"), "idBroker": code, "auxDigit": 3, "segregationCode": "07",
                      "broadcast": broadcast}],
    })
}

/// The only notice of a position.
fn option(position: &mut Value) -> &mut Value {
    &mut position["paymentOption"][0]
}

fn pay(option: &mut Value) {
    option["status"] = "PO_PAID".into();
    option["paymentDate"] = "2026-01-10T09:41:07".into();
    option["idReceipt"] = "2b6e4c50a8e1f0925d7b6c433fa9c1d2".into();
}

fn transfer(id: u8, cents: i64) -> Value {
    json!({"idTransfer": id.to_string(), "amount": cents, "organizationFiscalCode": COMUNE,
           "remittanceInformation": "Comune di Borgolieve", "category": "0101101IM"})
}

fn bank(id: u8, cents: i64) -> Value {
    let mut transfer = transfer(id, cents);
    transfer["iban"] = BANK.into();
    transfer
}

fn postal(id: u8, cents: i64) -> Value {
    let mut transfer = bank(id, cents);
    transfer["postalIban"] = POSTAL.into();
    transfer
}

fn share_of_the_province(id: u8, cents: i64) -> Value {
    let mut transfer = transfer(id, cents);
    transfer["organizationFiscalCode"] = PROVINCIA.into();
    transfer["companyName"] = "Provincia di Terralieve".into();
    transfer["iban"] = PROVINCIA_BANK.into();
    transfer
}

fn stamp(id: u8, cents: i64) -> Value {
    let mut transfer = transfer(id, cents);
    // SHA-256 of the text "Istanza di esempio n. 1".
    let hash = "Xr870T9/vS4ZL01FtdXuTRqyGRUK0N1hxcQCERhIgEk=";
    transfer["stamp"] = json!({"hashDocument": hash, "stampType": "01", "provincialResidence": "RM"});
    transfer
}
