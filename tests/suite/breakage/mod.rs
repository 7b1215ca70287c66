//! The store gone, slow or damaged: what the Node hears then, and that the same station answers again afterwards.

mod crowd;
mod full_disk;

use std::fs;

use ec_station::settings::OnStoreDown;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};

use crate::given::{self, NAV, OTHER_NAV, a_position, a_position_of, a_receipt_for, an_option};
use crate::station::{Reply, Station, agent};

const PROBE: &str = "000000000000000000";

/// Another process at the same database.
fn neighbour(station: &Station) -> SqliteConnection {
    let file = SqliteConnectOptions::new().filename(station.folder().join("ec-station.db"));
    station.block_on(SqliteConnection::connect_with(&file)).unwrap()
}

fn behind_its_back(station: &Station, sql: &'static str) {
    let mut neighbour = neighbour(station);
    station.block_on(sqlx::raw_sql(sql).execute(&mut neighbour)).unwrap();
}

fn health(station: &Station, path: &str) -> u16 {
    agent().get(format!("{}/health/{path}", station.url())).call().unwrap().status().as_u16()
}

/// What goes wrong, and how it is put right.
struct Trouble {
    what: &'static str,
    begin: fn(&Station),
    end: fn(&Station),
}

const TROUBLES: &[Trouble] = &[
    Trouble {
        what: "tables are gone",
        begin: |station| {
            behind_its_back(station, "ALTER TABLE organization RENAME TO lost");
            behind_its_back(station, "ALTER TABLE refused_receipt RENAME TO lost_too");
        },
        end: |station| {
            behind_its_back(station, "ALTER TABLE lost RENAME TO organization");
            behind_its_back(station, "ALTER TABLE lost_too RENAME TO refused_receipt");
        },
    },
    Trouble {
        what: "the file was moved away",
        begin: |station| rename(station, "ec-station.db", "elsewhere"),
        end: |station| rename(station, "elsewhere", "ec-station.db"),
    },
    Trouble {
        what: "another file is in its place",
        begin: |station| {
            rename(station, "ec-station.db", "elsewhere");
            fs::copy(station.folder().join("elsewhere"), station.folder().join("ec-station.db")).unwrap();
        },
        end: |station| rename(station, "elsewhere", "ec-station.db"),
    },
    Trouble {
        what: "the disk was unmounted",
        begin: |station| for_each_file(|file| rename(station, file, &format!("{file}.away"))),
        end: |station| for_each_file(|file| rename(station, &format!("{file}.away"), file)),
    },
];

fn for_each_file(act: impl Fn(&str)) {
    ["ec-station.db", "ec-station.db-wal", "ec-station.db-shm"].into_iter().for_each(act);
}

fn rename(station: &Station, from: &str, to: &str) {
    fs::rename(station.folder().join(from), station.folder().join(to)).unwrap();
}

/// A11, D13, and the probe, which must not hear from us that a dead store knows no such notice.
#[test]
fn the_store_is_gone() {
    let reads = [
        given::verify(NAV),
        given::get(NAV, ""),
        given::get_v2(NAV, ""),
        given::verify(PROBE),
        given::get_v2(PROBE, ""),
    ];
    let receipts = [a_receipt_for(NAV).v1(), a_receipt_for(NAV).v2(), given::request("paSendRTReq", "unreadable")];
    for trouble in TROUBLES {
        for (setting, answer) in [(OnStoreDown::Fault, "PAA_SYSTEM_ERROR"), (OnStoreDown::Unavailable, "503")] {
            let station = Station::spawn_with(|settings| settings.on_store_down = setting);
            station.load(&a_position());
            assert_eq!(station.post(given::verify(NAV)).outcome(), "OK");
            (trouble.begin)(&station);
            for message in &reads {
                let reply = station.post(message);
                assert_eq!(reply.outcome(), answer, "{}: {message}", trouble.what);
                assert_eq!(reply.header("retry-after").is_some(), answer == "503", "{}", trouble.what);
                assert_a_system_error_tells_nothing(&reply);
            }
            // The stand-in does not serve spontaneous payments.
            assert_eq!(station.post(given::demand()).outcome(), "PAA_SYSTEM_ERROR", "{}", trouble.what);
            for message in &receipts {
                let reply = station.post(message);
                assert_eq!((reply.status, reply.outcome().as_str()), (500, "Fault Server"), "{}", trouble.what);
            }
            assert_eq!([health(&station, "live"), health(&station, "ready")], [200, 503], "{}", trouble.what);

            (trouble.end)(&station);
            assert_eq!(health(&station, "ready"), 200, "{}", trouble.what);
            assert_eq!(station.post(given::verify(PROBE)).outcome(), "PAA_PAGAMENTO_SCONOSCIUTO", "{}", trouble.what);
            assert_eq!(station.post(given::verify(NAV)).outcome(), "OK", "{}", trouble.what);
            assert_eq!(station.receipts().len(), 0, "{}: nothing was acknowledged, nothing is kept", trouble.what);
            assert_eq!(station.post(a_receipt_for(NAV).v1()).outcome(), "OK", "{}: the Node asks again", trouble.what);
            assert_eq!(station.post(given::verify(NAV)).outcome(), "PAA_PAGAMENTO_DUPLICATO", "{}", trouble.what);
        }
    }
}

/// What broke is for the log; the Node hears that something did.
fn assert_a_system_error_tells_nothing(reply: &Reply) {
    if let Some(description) = reply.element("description") {
        assert_eq!(reply.element("faultString").as_deref(), Some("Errore generico"));
        assert_eq!(description, "Servizio momentaneamente non disponibile");
    }
}

/// One value that nobody can read is one notice's trouble: no reason to let the Node's stand-in start.
#[test]
fn a_damaged_value_hurts_its_own_notice_only() {
    let damages = [
        "UPDATE payment_option SET status = 'PO_PERHAPS' WHERE nav = '307000000001234573'",
        "UPDATE payment_option SET amount_cents = -1 WHERE nav = '307000000001234573'",
        "UPDATE payment_option SET debtor = 'somebody' WHERE nav = '307000000001234573'",
        "UPDATE payment_option SET metadata = '[' WHERE nav = '307000000001234573'",
        "UPDATE payment_option SET due_date = 'soon' WHERE nav = '307000000001234573'",
        "UPDATE debt_position SET status = '' WHERE iupd = 'IUPD-307000000001234573'",
        "UPDATE payment_option SET transfers = '{' WHERE nav = '307000000001234573'",
        "UPDATE payment_option SET transfers = REPLACE(transfers, '12050', '0') WHERE nav = '307000000001234573'",
        "UPDATE payment_option SET transfers = REPLACE(transfers, '\"id\":1', '\"id\":6') WHERE nav = '307000000001234573'",
        "UPDATE payment_option SET transfers = REPLACE(transfers, 'iban', 'nabi') WHERE nav = '307000000001234573'",
    ];
    for damage in damages {
        let station = Station::spawn_with(|settings| settings.on_store_down = OnStoreDown::Unavailable);
        station.load(&a_position());
        station.load(&a_position_of(vec![an_option(OTHER_NAV)]));
        behind_its_back(&station, damage);
        for message in [given::verify(NAV), given::get(NAV, ""), given::get_v2(NAV, "")] {
            let reply = station.post(message);
            assert_eq!(reply.outcome(), "PAA_SEMANTICA", "{damage}");
        }
        // No retry would mend it: the receipt is kept, and a person is told of both.
        assert_eq!(station.post(a_receipt_for(NAV).v1()).outcome(), "OK", "{damage}");
        let told = [format!("UNPRESENTABLE_NOTICE {NAV}"), format!("ORPHAN_RECEIPT {NAV}")];
        assert_eq!(station.anomalies(), told, "{damage}");
        assert_eq!(station.post(given::verify(OTHER_NAV)).outcome(), "OK", "{damage}");
        assert_eq!(station.post(a_receipt_for(OTHER_NAV).v1()).outcome(), "OK", "{damage}");
        assert_eq!(health(&station, "ready"), 200, "{damage}");
    }
}
