//! A disk that fills up, played by the limit that the system sets on the size of a process's files.

use std::process::Command;

use crate::breakage::PROBE;
use crate::given::{self, NAV, Receipt, a_position, a_receipt_for};
use crate::process::{Process, a_folder_with, in_a_shell};
use crate::station::{Reply, agent};

fn post(station: &Process, message: &str) -> Reply {
    Reply::of(agent().post(format!("{}/soap/paForNode", station.url)).content_type("text/xml").send(message))
}

#[test]
fn a_full_disk_loses_no_receipt() {
    let folder = a_folder_with(&[a_position()]);
    // Without the trap, the limit would end the process instead of failing its write.
    let line = "trap '' XFSZ; ulimit -S -f 512; exec ec-station serve";
    let station = Process::start(in_a_shell(folder.path(), line));
    let receipt = |n: usize| Receipt {
        id: format!("receipt {n}"),
        tail: format!("<x>{}</x>", "y".repeat(20_000)),
        ..a_receipt_for(NAV)
    };
    let answers: Vec<String> = (0..40).map(|n| post(&station, &receipt(n).v1()).outcome()).collect();
    assert_eq!(answers[0], "OK");
    assert_eq!(answers[39], "Fault Server", "the disk is full by now");
    assert!(answers.iter().all(|answer| answer == "OK" || answer == "Fault Server"), "{answers:?}");

    // Reading needs no room.
    assert_eq!(post(&station, &given::verify(NAV)).outcome(), "PAA_PAGAMENTO_DUPLICATO");
    assert_eq!(post(&station, &given::verify(PROBE)).outcome(), "PAA_PAGAMENTO_SCONOSCIUTO");

    // Somebody makes room, and the Node asks again.
    let room = Command::new("prlimit").args(["--pid", &station.id(), "--fsize=unlimited"]).status().unwrap();
    assert!(room.success());
    for (n, before) in answers.iter().enumerate() {
        let expected = if before == "OK" { "PAA_RECEIPT_DUPLICATA" } else { "OK" };
        assert_eq!(post(&station, &receipt(n).v1()).outcome(), expected, "receipt {n}");
    }
}
