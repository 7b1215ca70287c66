//! Who gets a receipt: the station that activated the payment, and the beneficiaries' stations that want copies.

use crate::domain::registry::Caller;
use crate::sandbox::ledger::Payment;
use crate::sandbox::participants::{Organization, Participants, Station};

/// The recipients of a payment's receipt, each once for each creditor it stands for; the one that activated it first.
pub(super) fn of<'p>(participants: &'p Participants, payment: &Payment) -> Vec<(Caller, &'p Station)> {
    let owner = participants.organization(&payment.qr.organization);
    let activated = |station: &&Station| station.link.id_station == payment.station;
    let first = owner.into_iter().flat_map(|owner| &owner.stations).find(activated);
    let mut recipients: Vec<_> = first.map(|it| (it.addressed_for(&payment.qr.organization), it)).into_iter().collect();
    for transfer in &payment.due.transfers {
        let Some(beneficiary) = participants.organization(&transfer.organization) else { continue };
        let copied = beneficiary.stations.iter().filter(|station| gets_copies(participants, beneficiary, station));
        for station in copied {
            let to = station.addressed_for(&beneficiary.fiscal_code);
            if recipients.iter().all(|(known, _)| *known != to) {
                recipients.push((to, station));
            }
        }
    }
    recipients
}

/// Whether a station of a creditor gets copies: it wants them, and the platform serves all three.
fn gets_copies(participants: &Participants, organization: &Organization, station: &Station) -> bool {
    let served = organization.active && station.active && participants.broker_is_active(&station.link.id_broker);
    station.link.broadcast && served
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::sandbox::ledger::tests::a_payment;

    const OWNER: &str = "99000001018";
    const TWO: &str = "99000002024";
    const THREE: &str = "99000003034";

    #[test]
    fn who_gets_a_receipt() {
        let station = |id: &str, broadcast: bool| json!({"idStation": id, "idBroker": "b", "broadcast": broadcast});
        let off = |id: &str| json!({"idStation": id, "idBroker": "b", "broadcast": true, "active": false});
        let other = json!({"idStation": "_04", "idBroker": "b", "segregationCode": "04"});
        let dropped = json!({"idStation": "_05", "idBroker": "off", "broadcast": true});
        let coded = || json!({"idStation": "99000001018_01", "idBroker": "b", "segregationCode": "07"});
        let (plain, own) = (|| station("99000001018_01", false), || station("99000001018_01", true));
        type Organizations = Vec<(&'static str, Vec<Value>)>;
        let table: Vec<(&str, &[&str], Organizations, &[&str])> = vec![
            ("one creditor", &[OWNER], vec![(OWNER, vec![plain()])], &["99000001018 99000001018_01"]),
            ("that wants copies", &[OWNER], vec![(OWNER, vec![own()])], &["99000001018 99000001018_01"]),
            (
                "twice a beneficiary, two stations for copies",
                &[OWNER, OWNER],
                vec![(OWNER, vec![coded(), station("_02", true), station("_03", true), other, dropped])],
                &["99000001018 99000001018_01", "99000001018 _02", "99000001018 _03"],
            ),
            (
                "no share of its own",
                &[TWO, TWO],
                vec![(OWNER, vec![plain(), station("_02", true)]), (TWO, vec![station("2_01", true)])],
                &["99000001018 99000001018_01", "99000002024 2_01"],
            ),
            (
                "two beneficiaries behind one station",
                &[OWNER, TWO, THREE],
                vec![(OWNER, vec![plain()]), (TWO, vec![station("x", true)]), (THREE, vec![station("x", true)])],
                &["99000001018 99000001018_01", "99000002024 x", "99000003034 x"],
            ),
            (
                "nobody else wants or can have copies",
                &[OWNER, TWO, THREE, "4"],
                vec![(OWNER, vec![plain()]), (TWO, vec![station("2_01", false)]), (THREE, vec![off("3_01")])],
                &["99000001018 99000001018_01"],
            ),
        ];
        for (what, transfers, organizations, expected) in table {
            let organization = |(code, stations): &(&str, Vec<Value>)| json!({"fiscalCode": code, "companyName": "c", "stations": stations});
            let brokers = json!([{"idBrokerPA": "off", "active": false}]);
            let file = json!({"organizations": organizations.iter().map(organization).collect::<Vec<_>>(),
                              "brokers": brokers});
            let participants = Participants::of(&file).unwrap();
            let mut payment = a_payment("token");
            let transfer = payment.due.transfers[0].clone();
            let to = |code: &&str| crate::sandbox::calls::said::Transfer {
                organization: (*code).into(),
                ..transfer.clone()
            };
            payment.due.transfers = transfers.iter().map(to).collect();
            let found = of(&participants, &payment);
            let found: Vec<_> = found.iter().map(|(to, _)| format!("{} {}", to.organization, to.station)).collect();
            assert_eq!(found, expected, "{what}");
        }
    }
}
