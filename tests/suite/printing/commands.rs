//! `ec-station notice`: notices into files.

use std::fs;

use super::bundles::{names, unpacked};
use super::in_instalments;
use super::judge::judged;
use crate::database::Database;
use crate::given::{COMUNE, NAV, OTHER_NAV, PROVINCIA, a_position_of, an_option, days, paid};
use crate::process::{Ended, ec_station_at, ended};

/// Notices that are payable whenever the test runs: the command has the clock of the machine.
fn payable() -> Database {
    let mut debt = in_instalments();
    let mut other = a_position_of(vec![an_option("307000000000000505")]);
    other.options[0].debtor.full_name = "Ermenegilda Rossini".into();
    let mut settled = a_position_of(vec![an_option("307000000000000606")]);
    settled.options[0].state = paid();
    settled.status = ec_station::domain::position::PositionStatus::Paid;
    debt.iupd = ec_station::domain::codes::Iupd::new("TARI-1");
    for position in [&mut debt, &mut other, &mut settled] {
        position.options.iter_mut().for_each(|option| option.due_date = days(3_000));
    }
    Database::with(&[debt, other, settled])
}

fn notice(database: &Database, arguments: &[&str]) -> Ended {
    let mut command = ec_station_at(database);
    command.arg("notice").args(arguments);
    ended(command)
}

#[test]
fn what_is_refused() {
    let database = payable();
    fs::write(database.folder().join("numbers.txt"), format!("{NAV}\n")).unwrap();
    for (arguments, code, words) in [
        (vec!["-o", "x.pdf"], 64, "required"),
        (vec![NAV], 64, "--output"),
        (vec![NAV, "--all", "-o", "x.pdf"], 64, "cannot be used with"),
        (vec!["307000000000000606", "-o", "x.pdf"], 1, "307000000000000606: the notice has been paid"),
        (vec!["307000000000000707", "-o", "x.pdf"], 1, "307000000000000707: there is no such notice"),
        (vec![NAV, "--organization", PROVINCIA, "-o", "x.pdf"], 1, "no such payment option"),
        (vec!["--all", "-o", "x.zip"], 64, "2 organizations are registered: add --organization"),
        (vec!["--iupd", "TARI-9", "--organization", COMUNE, "-o", "x.zip"], 1, "TARI-9: there is no such position"),
        (vec!["--list", "missing.txt", "--organization", COMUNE, "-o", "x.zip"], 64, "cannot read missing.txt"),
        (vec![NAV, "-o", "nowhere/x.pdf"], 64, "cannot write nowhere/x.pdf"),
    ] {
        let refused = notice(&database, &arguments);
        assert_eq!(refused.code, Some(code), "{arguments:?}: {}", refused.err);
        assert!(refused.err.contains(words), "{arguments:?}: {}", refused.err);
        assert!(!database.folder().join("x.pdf").exists(), "{arguments:?}");
    }
}

#[test]
fn one_notice_becomes_a_pdf() {
    let database = payable();
    let printed = notice(&database, &[NAV, "-o", "notice.pdf"]);
    assert_eq!((printed.code, &*printed.out), (Some(0), ""), "{}", printed.err);
    let pdf = fs::read(database.folder().join("notice.pdf")).unwrap();
    assert_eq!(judged(&pdf).qr().len(), 3);

    let mut command = ec_station_at(&database);
    command.args(["notice", NAV, "-o", "-"]);
    assert_eq!(command.output().unwrap().stdout, pdf);
}

#[test]
fn many_become_a_zip() {
    let database = payable();
    fs::write(
        database.folder().join("numbers.txt"),
        format!("{OTHER_NAV}\n\n 307000000000000606 \n{NAV}\n{}\n", &OTHER_NAV[1..]),
    )
    .unwrap();
    for (which, code, letters, missing, summary) in [
        (
            vec!["--all"],
            0,
            vec!["avviso-307000000000000505.pdf", "avviso-307000000001234573.pdf"],
            1,
            "2 letters, 0 notices not printed, 2 on the letter of another",
        ),
        (
            vec!["--iupd", "TARI-1", "--iupd", "IUPD-307000000000000606"],
            2,
            vec!["avviso-307000000001234573.pdf"],
            2,
            "1 letters, 1 notices not printed, 2 on the letter of another",
        ),
        (
            vec!["--list", "numbers.txt"],
            2,
            vec!["avviso-307000000001234674.pdf"],
            2,
            "1 letters, 1 notices not printed, 2 on the letter of another",
        ),
    ] {
        let arguments = [&which[..], &["--organization", COMUNE, "-o", "notices.zip"]].concat();
        let printed = notice(&database, &arguments);
        assert_eq!((printed.code, &*printed.out), (Some(code), ""), "{which:?}: {}", printed.err);
        assert!(printed.err.contains(summary), "{which:?}: {}", printed.err);
        let files = unpacked(&fs::read(database.folder().join("notices.zip")).unwrap());
        let (list, pdfs) = files.split_last().unwrap();
        assert_eq!(names(pdfs), letters, "{which:?}");
        assert_eq!(String::from_utf8_lossy(&list.1).lines().count(), missing, "{which:?}");
    }
}
