//! A database that an earlier release left: the next one that starts makes its own of it, and answers as before.

use std::fs;

use serde_json::json;

use crate::api;
use crate::database::{Database, Engine};
use crate::given::{self, BANK, HASH, NAV, OTHER_NAV, PROVINCIA, a_receipt_for};
use crate::process::{ec_station_at, ended};
use crate::station::Station;

/// A database with the schema that the first of our migrations made.
fn database_of(engine: Engine, migrations: usize) -> Database {
    let database = Database::blank_on(engine);
    let name = match engine {
        Engine::Sqlite => {
            // An empty file is an empty database.
            fs::write(database.folder().join("ec-station.db"), "").unwrap();
            "sqlite"
        }
        Engine::Postgres => "postgres",
    };
    let ours = fs::read_dir(format!("{}/migrations/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let mut ours: Vec<_> = ours.map(|file| file.unwrap()).collect();
    ours.sort_by_key(|file| file.file_name());
    let earlier = tempfile::tempdir().unwrap();
    for file in &ours[..migrations] {
        fs::copy(file.path(), earlier.path().join(file.file_name())).unwrap();
    }
    database.neighbour().migrate(earlier.path());
    database
}

/// What the release before wrote, in words that both engines understand.
const POSITIONS_WITH_TRANSFERS: &str = r#"
    INSERT INTO debt_position VALUES (1, '99000001018', 'A', 'Comune di Borgolieve', 'Ufficio Tributi', TRUE, 'VALID',
        '2026-11-12T12:00:00+00:00', NULL, '2026-11-12T12:00:00+00:00', '2026-11-12T12:00:00+00:00');
    INSERT INTO debt_position VALUES (2, '99000001018', 'B', 'Comune di Borgolieve', NULL, TRUE, 'VALID',
        '2026-11-12T12:00:00+00:00', NULL, '2026-11-12T12:00:00+00:00', '2026-11-12T12:00:00+00:00');
    INSERT INTO payment_option VALUES (1, 1, 0, '99000001018', '307000000001234573', '07000000001234573', 12050,
        'TARI 2026', '{"type":"F","fiscalCode":"VRDPNC70A01Z999J","fullName":"Pancrazio Verdelli"}', FALSE, 1, NULL,
        '2026-11-23T12:00:00+00:00', NULL, FALSE, '[]', 'PO_UNPAID', NULL, NULL, NULL);
    INSERT INTO payment_option VALUES (2, 2, 0, '99000001018', '307000000001234674', '07000000001234674', 1600,
        'Bollo', '{"type":"F","fiscalCode":"VRDPNC70A01Z999J","fullName":"Pancrazio Verdelli"}', FALSE, 1, NULL,
        '2026-11-23T12:00:00+00:00', NULL, FALSE, '[]', 'PO_UNPAID', NULL, NULL, NULL);
    INSERT INTO transfer VALUES (1, 1, 2, 2050, '99000002024', NULL, 'TEFA "2026" & altro', '0101102IM',
        'IT41P9999911111000000123456', NULL, NULL, NULL, NULL, '[]');
    INSERT INTO transfer VALUES (1, 0, 1, 10000, '99000001018', 'Comune', 'TARI 2026', '0101101IM',
        'IT41P9999911111000000123456', NULL, NULL, NULL, NULL, '[{"key":"chiave","value":"è \\ \"valore\""}]');
    INSERT INTO transfer VALUES (2, 0, 1, 1600, '99000001018', NULL, 'Bollo', '0101103IM',
        NULL, NULL, 'Xr870T9/vS4ZL01FtdXuTRqyGRUK0N1hxcQCERhIgEk=', '01', 'RM', '[]');
"#;

/// A position of the release that knew no listed receipts; its second one settled it.
const POSITION_OF_TWO_RECEIPTS: &str = r#"
    INSERT INTO debt_position (id, organization, iupd, company_name, pay_stand_in, status, inserted_at, updated_at)
    VALUES (1, '99000001018', 'A', 'Comune di Borgolieve', TRUE, 'PAID', '2026-11-12T12:00:00+00:00',
            '2026-11-12T12:00:00+00:00');
    INSERT INTO payment_option (id, position_id, ordinal, organization, nav, iuv, amount_cents, description, debtor,
                                is_partial_payment, plan, due_date, switch_to_expired, metadata, status, receipt_id)
    VALUES (1, 1, 0, '99000001018', '307000000001234573', '07000000001234573', 12050, 'TARI 2026',
            '{"type":"F","fiscalCode":"VRDPNC70A01Z999J","fullName":"Pancrazio Verdelli"}', FALSE, 1,
            '2026-11-23T12:00:00+00:00', FALSE, '[]', 'PO_PAID', 'r2');
"#;

#[test]
fn positions_keep_their_transfers() {
    let database = database_of(Engine::of_this_run(), 3);
    database.change(POSITIONS_WITH_TRANSFERS);
    let station = Station::spawn_on(database, |_| ());

    assert_eq!(station.post(given::verify(NAV)).element("amount").as_deref(), Some("120.50"));
    let get = station.post(given::get_v2(NAV, ""));
    assert_eq!(get.elements("idTransfer"), ["1", "2"], "in their order");
    assert_eq!(get.elements("transferAmount"), ["100.00", "20.50"]);
    assert_eq!(get.elements("IBAN"), [BANK, BANK]);
    assert_eq!(get.elements("remittanceInformation"), ["TARI 2026", "TEFA \"2026\" &amp; altro"]);
    assert_eq!(get.elements("transferCategory"), ["0101101IM", "0101102IM"]);
    assert_eq!(get.elements("key"), ["chiave"]);
    assert_eq!(get.elements("value"), ["è \\ \"valore\""]);
    let named = get.elements("companyName");
    assert!(named.contains(&"Provincia di Terralieve".to_owned()), "the registry knows {PROVINCIA}: {named:?}");
    let stamp = station.post(given::get_v2(OTHER_NAV, ""));
    assert_eq!(stamp.element("hashDocumento").as_deref(), Some(HASH));

    assert_eq!(station.post(a_receipt_for(NAV).v2()).outcome(), "OK");
    assert_eq!(station.post(given::verify(NAV)).outcome(), "PAA_PAGAMENTO_DUPLICATO");
}

/// Receipts that came before they were listed: kinds, outcomes, times, and two that share an IUV.
#[test]
fn receipts_are_found_by_their_iuv() {
    let engine = Engine::of_this_run();
    let database = database_of(engine, 5);
    database.change(POSITION_OF_TWO_RECEIPTS);
    let blob = |text: &str| {
        let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        if engine == Engine::Sqlite { format!("x'{hex}'") } else { format!("'\\x{hex}'") }
    };
    for (id, nav, kind, outcome, said) in [
        (1, NAV, "OWN", "OK", r#"{"paymentDateTime":"2026-11-20T10:00:00"}"#),
        (
            2,
            NAV,
            "OWN",
            "OK",
            r#"{"paymentDateTime":" 2026-11-21T10:00:00.5+01:00\n","debtor":{"entityUniqueIdentifierValue":"NREGLL80A41Z999K"}}"#,
        ),
        (3, OTHER_NAV, "ORPHAN", "OK", r#"{"debtor":{"fullName":"Pancrazio Verdelli"}}"#),
        (4, "307000000001234775", "OWN", "KO", "{}"),
        (5, "307000000001234876", "BENEFICIARY", "OK", "{}"),
    ] {
        let raw = blob(&a_receipt_for(nav).v2());
        database.change(&format!(
            "INSERT INTO receipt VALUES ({id}, '99000001018', 'r{id}', {}, {}, 2, '', '', '99000001018', '{nav}', '{}',
                 '{outcome}', 12050, '{kind}', 'D8', '{said}', {raw}, '2026-11-22T11:00:00+00:00')",
            blob(&id.to_string()),
            blob("content"),
            &nav[1..]
        ));
    }
    let station = Station::spawn_on(database, |_| ());
    let listed = api::get(&station, "/payments/99000001018/receipts").json();
    let found = |iuv: &str, debtor, at| {
        json!({"organizationFiscalCode": "99000001018", "iuv": iuv, "debtor": debtor, "paymentDateTime": at,
                           "status": "PAID"})
    };
    let settled = found(&NAV[1..], Some("NREGLL80A41Z999K"), Some(" 2026-11-21T10:00:00.5+01:00\n"));
    assert_eq!(listed["results"], json!([settled, found(&OTHER_NAV[1..], None, None)]));
    let at_eleven = "/payments/99000001018/receipts?from=2026-11-22T11:00:00&to=2026-11-22T11:00:00";
    assert_eq!(api::get(&station, at_eleven).json()["length"], 1, "found by when it came");
    let one = api::get(&station, &format!("/payments/99000001018/receipts/{}", &NAV[1..]));
    assert!(one.text.contains("<PaSendRTV2Request>"), "{}", one.text);
}

/// Another release has been here and left something that this one does not know: it starts no work on it.
#[test]
fn a_schema_from_the_future_is_left_alone() {
    let database = Database::fresh().filled_with(&[]);
    database.change(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         SELECT 9999, 'of tomorrow', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1",
    );
    let mut command = ec_station_at(&database);
    command.arg("serve").env("EC_STATION_LISTEN", "127.0.0.1:0");
    let ended = ended(command);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    let last = ended.err.lines().last().unwrap();
    assert!(last.starts_with("ec-station: could not bring the schema up to date: "), "{last}");
    assert!(last.contains("9999"), "{last}");
}
