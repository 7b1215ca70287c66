//! `ec-station key`: what it makes, what it refuses, what it shows.

use crate::access::{a_key, events, key};
use crate::database::Database;
use crate::given::{COMUNE, PROVINCIA};

#[test]
fn what_is_no_key_is_refused_before_anything_is_stored() {
    let database = Database::fresh();
    let one = ["--organization", COMUNE];
    for (arguments, cure) in [
        (vec!["--name", "A", "--role", "write"], "--organization"),
        (vec!["--name", "A", "--role", "root", one[0], one[1]], "read, write, admin, pay"),
        (vec!["--role", "write", one[0], one[1]], "--name"),
        (vec!["--name", "7", "--role", "write", one[0], one[1]], "a letter"),
        (vec!["--name", "a b", "--role", "write", one[0], one[1]], "a letter"),
        (vec!["--name", "A", "--role", "write", one[0], "9900000101"], "eleven digits"),
        (vec!["--name", "A", "--role", "write", one[0], ""], "eleven digits"),
        (vec!["--name", "A", "--role", "write", one[0], one[1], "--all-organizations"], "--all-organizations"),
        (vec!["--name", "A", "--role", "write", one[0], one[1], one[0], one[1]], "came before"),
        (vec!["--name", "A", "--role", "write", one[0], one[1], "--codes", "7"], "two digits"),
        (vec!["--name", "A", "--role", "write", one[0], one[1], "--codes", ""], "two digits"),
        (vec!["--name", "A", "--role", "write", one[0], "99000001018:"], "two digits"),
        (vec!["--name", "A", "--role", "admin", one[0], one[1], "--codes", "07"], "leave --codes out"),
    ] {
        let refused = key(&database, &[vec!["create"], arguments.clone()].concat());
        assert_eq!((refused.code, refused.out.as_str()), (Some(64), ""), "{arguments:?}");
        assert!(refused.err.contains(cure), "{arguments:?}: {}", refused.err);
    }
    a_key(&database, "A", "write", &["--all-organizations"]);
    assert_eq!(database.count("SELECT COUNT(*) FROM api_key"), 1);
}

#[test]
fn a_key_is_shown_once_and_stored_nowhere() {
    let database = Database::fresh();
    let secret = a_key(&database, "BACKOFFICE", "write", &["--organization", COMUNE]);
    assert!(secret.starts_with("ecs_") && secret.len() == 44, "{secret}");
    let listed = key(&database, &["list", "--all", "--json"]);
    assert!(!listed.out.contains(&secret) && listed.out.contains("BACKOFFICE"), "{}", listed.out);
    assert_eq!(events(&database), ["KEY_CREATED : key BACKOFFICE (id 1), role write"]);
    assert_eq!(database.count("SELECT COUNT(*) FROM api_key WHERE length(digest) = 32"), 1);
    if let Ok(file) = std::fs::read(database.folder().join("ec-station.db")) {
        assert!(!file.windows(secret.len()).any(|bytes| bytes == secret.as_bytes()));
    }
}

#[test]
fn a_name_has_two_keys_at_the_most() {
    let database = Database::fresh();
    let opens = ["--organization", COMUNE];
    a_key(&database, "A", "write", &opens);
    a_key(&database, "A", "write", &opens);
    let create = ["create", "--name", "A", "--role", "write", "--organization", COMUNE];
    let third = key(&database, &create);
    assert_eq!((third.code, third.out.as_str()), (Some(64), ""));
    assert!(third.err.contains("ids 1 and 2") && third.err.contains("--replace-oldest"), "{}", third.err);

    let third = key(&database, &[&create[..], &["--replace-oldest"]].concat());
    assert_eq!(third.code, Some(0), "{}", third.err);
    assert!(third.err.contains("id 1 is revoked"), "{}", third.err);
    let alive = |name: &str| {
        database.count(&format!("SELECT COUNT(*) FROM api_key WHERE name = '{name}' AND revoked_at IS NULL"))
    };
    assert_eq!(alive("A"), 2);

    // Names do not count for each other, and the word for a name may be part of another.
    a_key(&database, "AA", "read", &["--all-organizations"]);
    let revoked = key(&database, &["revoke", "A"]);
    assert_eq!((revoked.code, revoked.out.lines().count()), (Some(0), 2), "{}", revoked.out);
    assert_eq!((alive("A"), alive("AA")), (0, 1));
    for nobody in ["A", "1", "99", "B"] {
        let refused = key(&database, &["revoke", nobody]);
        assert_eq!((refused.code, refused.out.as_str()), (Some(64), ""), "{nobody}");
        assert!(refused.err.contains("key list"), "{}", refused.err);
    }
}

/// Makers of keys at the same moment: the bound holds all the same.
#[test]
fn rivals_do_not_make_three() {
    let database = Database::fresh().filled_with(&[]);
    let create = ["create", "--name", "A", "--role", "read", "--all-organizations"];
    let made = std::thread::scope(|scope| {
        let rivals: Vec<_> = (0..4).map(|_| scope.spawn(|| key(&database, &create).code)).collect();
        rivals.into_iter().map(|rival| rival.join().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!(made.iter().filter(|code| **code == Some(0)).count(), 2, "{made:?}");
    assert_eq!(database.count("SELECT COUNT(*) FROM api_key WHERE revoked_at IS NULL"), 2);
    assert_eq!(events(&database).iter().filter(|event| event.starts_with("KEY_CREATED")).count(), 2);
}

#[test]
fn the_list() {
    let database = Database::fresh().filled_with(&[]);
    let two = format!("{PROVINCIA}:08");
    a_key(&database, "TARI", "write", &["--organization", COMUNE, "--organization", &two, "--codes", "47,48"]);
    a_key(&database, "CONSOLE", "admin", &["--all-organizations"]);
    let listed = key(&database, &["list"]);
    let lines: Vec<_> = listed.out.lines().map(|line| line.split_whitespace().collect::<Vec<_>>()).collect();
    assert_eq!(lines.len(), 2, "{}", listed.out);
    assert_eq!(lines[0][..3], ["1", "TARI", "write"]);
    assert_eq!(lines[0][5..], ["never", "99000001018:47,48", "99000002024:08"]);
    assert_eq!((lines[1][1], *lines[1].last().unwrap()), ("CONSOLE", "all"));

    assert_eq!(key(&database, &["revoke", "2"]).code, Some(0));
    assert_eq!(key(&database, &["list"]).out.lines().count(), 1);
    assert!(key(&database, &["list", "--all"]).out.lines().nth(1).unwrap().contains("revoked"));
}
