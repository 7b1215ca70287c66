//! One value that nobody can read is one notice's trouble: no reason to let the Node's stand-in start.

use ec_station::domain::codes::OrganizationCode;
use ec_station::settings::OnStoreDown;

use crate::breakage::health;
use crate::database::{Database, Engine};
use crate::given::{self, NAV, OTHER_NAV, PROVINCIA, a_position, a_position_of, a_receipt_for, an_option};
use crate::station::Station;

/// What somebody may have done to a notice, behind the station's back. None of it would be mended by a retry.
const DAMAGES: &[&str] = &[
    "UPDATE payment_option SET status = 'PO_PERHAPS' WHERE nav = '307000000001234573'",
    "UPDATE payment_option SET amount_cents = -1 WHERE nav = '307000000001234573'",
    "UPDATE payment_option SET debtor = 'somebody' WHERE nav = '307000000001234573'",
    "UPDATE payment_option SET metadata = '[' WHERE nav = '307000000001234573'",
    "UPDATE debt_position SET status = '' WHERE iupd = 'IUPD-307000000001234573'",
    "UPDATE payment_option SET transfers = '{' WHERE nav = '307000000001234573'",
    "UPDATE payment_option SET transfers = REPLACE(transfers, '12050', '0') WHERE nav = '307000000001234573'",
    "UPDATE payment_option SET transfers = REPLACE(transfers, '\"id\":1', '\"id\":6') WHERE nav = '307000000001234573'",
    "UPDATE payment_option SET transfers = REPLACE(transfers, 'iban', 'nabi') WHERE nav = '307000000001234573'",
];

#[test]
fn a_damaged_value_hurts_its_own_notice_only() {
    DAMAGES.iter().for_each(|damage| hurts_its_own_notice_only(Engine::of_this_run(), damage));
}

/// Where the database itself is asked to look into what is damaged.
#[test]
fn damaged_transfers_that_the_database_looks_into() {
    let looking = ["SELECT 1", "UPDATE payment_option SET transfers = '{' WHERE nav = '307000000001234573'"];
    let station = Station::spawn_with(|settings| settings.on_store_down = OnStoreDown::Unavailable);
    let mut option = an_option(NAV);
    option.transfers[0].organization = OrganizationCode::new(PROVINCIA);
    option.transfers[0].company_name = None;
    station.load(&a_position_of(vec![option]));
    for (damage, answer) in looking.into_iter().zip(["OK", "PAA_SEMANTICA"]) {
        station.database().change(damage);
        for message in [given::verify(NAV), given::get(NAV, ""), given::get_v2(NAV, "")] {
            assert_eq!(station.post(message).outcome(), answer, "{damage}");
        }
    }
    assert_eq!(health(&station, "ready"), 200);
}

fn hurts_its_own_notice_only(engine: Engine, damage: &str) {
    let station =
        Station::spawn_on(Database::fresh_on(engine), |settings| settings.on_store_down = OnStoreDown::Unavailable);
    station.load(&a_position());
    station.load(&a_position_of(vec![an_option(OTHER_NAV)]));
    station.database().change(damage);
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

mod on_sqlite {
    use super::*;

    #[test]
    fn a_date_that_is_none() {
        let damage = "UPDATE payment_option SET due_date = 'soon' WHERE nav = '307000000001234573'";
        hurts_its_own_notice_only(Engine::Sqlite, damage);
    }
}

mod on_postgres {
    use super::*;

    /// PostgreSQL's calendar is longer than ours, and has an end.
    #[test]
    fn a_date_that_is_none() {
        for date in ["infinity", "-infinity", "294276-12-31"] {
            let damage = "UPDATE payment_option SET due_date = '{date}' WHERE nav = '307000000001234573'";
            hurts_its_own_notice_only(Engine::Postgres, &damage.replace("{date}", date));
        }
    }
}
