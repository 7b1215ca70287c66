//! What commands change is told in the journal: loading, the registry, the taxonomy.

use crate::database::Database;
use crate::given::{COMUNE, NAV, Receipt, a_receipt_for};
use crate::journal::{assert_whole, events};
use crate::process::{ec_station_at, ended};
use crate::station::Station;

const REGISTRY: &str = r#"{"organizations": [{"fiscalCode": "99000001018", "companyName": "Comune di Borgolieve",
    "stations": [{"idStation": "99000001018_01", "idBroker": "99000001018", "auxDigit": 3, "segregationCode": "07",
    "broadcast": false}]}]}"#;

const TAXONOMY: &str = r#"[{"DATI SPECIFICI INCASSO": "9/0101101IM/", "DATA INIZIO VALIDITA": "01/31/2022",
    "DATA FINE VALIDITA": "12/31/2099", "TIPO SERVIZIO": "TARI"}]"#;

fn a_row(iupd: &str, nav: &str, description: &str) -> String {
    format!(
        "{iupd},F,VRDPNC70A01Z999J,Pancrazio Verdelli,Comune di Borgolieve,{nav},120.50,{description},false,2999-12-31,1,\
         120.50,TARI,0101101IM,IT41P9999911111000000123456\n"
    )
}

fn a_file(rows: &[String]) -> String {
    let columns = "iupd,type,fiscalCode,fullName,companyName,nav,amount,description,isPartialPayment,dueDate,idTransfer,\
                   transferAmount,remittanceInformation,category,iban\n";
    format!("{columns}{}", rows.concat())
}

/// Runs a command on a file; gives the events that it wrote, as "NAME notice iupd: why".
fn told(database: &Database, arguments: &[&str], content: &str) -> Vec<String> {
    let before = events(database).len();
    std::fs::write(database.folder().join(arguments[arguments.len() - 1]), content).unwrap();
    let mut command = ec_station_at(database);
    command.args(arguments);
    let ended = ended(command);
    assert!(matches!(ended.code, Some(0 | 2)), "{ended:?}");
    let told = events(database).split_off(before);
    told.iter().map(|event| format!("{} {} {}: {}", event.name, event.nav, event.iupd, event.why)).collect()
}

#[test]
fn loading_is_told() {
    let database = Database::fresh();
    let (second, third) = ("307000000001234674", "307000000001234775");
    let imported = told(&database, &["registry", "import", "registry.json"], REGISTRY);
    assert_eq!(imported, ["REGISTRY_IMPORTED  : organizations: 1 new, 0 changed, 0 as they were"]);
    assert_eq!(told(&database, &["registry", "import", "registry.json"], REGISTRY), [""; 0], "nothing has changed");

    let load = ["load", "--organization", COMUNE, "file.csv"];
    let publish = ["load", "--organization", COMUNE, "--publish", "file.csv"];
    let rows = [a_row("A", NAV, "TARI 2026"), a_row("B", second, "TARI 2026")];
    assert_eq!(told(&database, &["load", "--organization", COMUNE, "--dry-run", "file.csv"], &a_file(&rows)), [""; 0]);
    let created = |nav: &str, iupd: &str| format!("POSITION_CREATED {nav} {iupd}: loaded");
    assert_eq!(told(&database, &load, &a_file(&rows)), [created(NAV, "A"), created(second, "B")]);
    assert_eq!(told(&database, &load, &a_file(&rows)), [""; 0]);
    let published = [NAV, second].into_iter().zip(["A", "B"]);
    let published: Vec<_> = published
        .map(|(nav, iupd)| format!("POSITION_PUBLISHED {nav} {iupd}: loaded once more, to be published"))
        .collect();
    assert_eq!(told(&database, &publish, &a_file(&rows)), published);
    let changed = a_file(&[a_row("A", NAV, "TARI 2027"), rows[1].clone()]);
    let updated = format!("POSITION_UPDATED {NAV} A: loaded with other content");
    assert_eq!(told(&database, &publish, &changed), [updated]);
    let withdrawn = format!("POSITION_WITHDRAWN {NAV} A: loaded with other content and not published again");
    assert_eq!(told(&database, &load, &a_file(&rows)), [withdrawn]);
    // Where one clashes, the others are told all the same.
    let clash = a_file(&[a_row("C", NAV, "TARI 2026"), a_row("D", third, "TARI 2026")]);
    assert_eq!(told(&database, &load, &clash), [created(third, "D")]);
    assert!(events(&database).iter().skip(1).all(|event| event.organization == COMUNE && event.iuv == event.nav[1..]));
    assert_whole(&database);
}

#[test]
fn the_taxonomy_is_told() {
    let database = Database::fresh();
    let told = told(&database, &["taxonomy", "import", "taxonomy.json"], TAXONOMY);
    assert_eq!(told, ["TAXONOMY_IMPORTED  : 1 codes"]);
}

/// A debt that was paid before it came.
#[test]
fn a_receipt_that_waited_is_told() {
    let station = Station::spawn();
    let mut receipt = a_receipt_for(NAV);
    receipt.amount = "100.00".into();
    receipt.transfers[0].1 = "100.00".into();
    assert_eq!(station.post(receipt.v1()).outcome(), "OK");
    assert_eq!(station.post(Receipt { id: "second".into(), ..receipt }.v1()).outcome(), "OK");
    station.load(&crate::given::a_position());
    let events = events(station.database());
    let told: Vec<_> =
        events.iter().map(|event| format!("{} {} {}", event.name, event.nav, event.receipt_id)).collect();
    let id = format!("receipt-of-{NAV}");
    let expected = [
        "REGISTRY_IMPORTED  ".to_owned(),
        format!("ANOMALY_OPENED {NAV} {id}"),
        format!("ANOMALY_OPENED {NAV} second"),
        format!("POSITION_CREATED {NAV} "),
        format!("OPTION_PAID {NAV} {id}"),
        format!("ANOMALY_OPENED {NAV} {id}"),
        format!("ANOMALY_OPENED {NAV} second"),
    ];
    assert_eq!(told, expected);
    assert_eq!(events[4].why, "100.00 paid before it came; the position is PAID");
    assert_eq!(events[5].why, "AMOUNT_DIFFERS: 12050 cents due, 10000 paid before the position was loaded");
    let double = format!("DOUBLE_PAYMENT: the notice was already settled by {id}; a refund of 100.00 is due");
    assert_eq!(events[6].why, double);
}
