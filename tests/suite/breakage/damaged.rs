//! One value that nobody can read is one notice's trouble: no reason to let the Node's stand-in start.

use ec_station::settings::OnStoreDown;

use crate::breakage::health;
use crate::given::{self, NAV, OTHER_NAV, a_position, a_position_of, a_receipt_for, an_option};
use crate::station::Station;

#[test]
fn a_damaged_value_hurts_its_own_notice_only() {
    let damages = [
        "UPDATE payment_option SET status = 'PO_PERHAPS' WHERE nav = '307000000001234573'",
        "UPDATE payment_option SET amount_cents = -1 WHERE nav = '307000000001234573'",
        "UPDATE payment_option SET debtor = 'somebody' WHERE nav = '307000000001234573'",
        "UPDATE payment_option SET metadata = '[' WHERE nav = '307000000001234573'",
        "UPDATE payment_option SET due_date = 'soon' WHERE nav = '307000000001234573'",
        "UPDATE debt_position SET status = '' WHERE iupd = 'IUPD-307000000001234573'",
        "UPDATE transfer SET amount_cents = 0 WHERE option_id = 1",
        "UPDATE transfer SET id_transfer = 6 WHERE option_id = 1",
        "UPDATE transfer SET iban = NULL WHERE option_id = 1",
    ];
    for damage in damages {
        let station = Station::spawn_with(|settings| settings.on_store_down = OnStoreDown::Unavailable);
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
}
