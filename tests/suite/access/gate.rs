//! The gate: every route of every mount point, tried from every side.

use std::fs;
use std::net::{TcpListener, UdpSocket};
use std::time::{Duration, Instant};

use crate::access::{a_key, call, key, with};
use crate::database::Database;
use crate::given::{COMUNE, PROVINCIA};
use crate::process::{Process, ec_station_at};
use crate::station::Station;

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "DELETE", "PATCH"];

/// The files of the operators' API.
fn sources() -> String {
    let mut text = String::new();
    let mut waiting = vec![format!("{}/src/rest", env!("CARGO_MANIFEST_DIR")).into()];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir::<std::path::PathBuf>(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { waiting.push(path) } else { text.push_str(&fs::read_to_string(path).unwrap()) }
        }
    }
    text
}

/// What stands between quotes behind a word.
fn quoted_behind<'t>(text: &'t str, word: &str) -> Vec<&'t str> {
    let behind = text.split(word).skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"'));
    behind.filter_map(|rest| rest.split('"').next()).collect()
}

/// Every path that something may be at: each resource at each mount point, an organization in its place.
fn every_path(organization: &str) -> Vec<String> {
    let sources = sources();
    let published = sources.split("const PUBLISHED").nth(1).unwrap().split("];").next().unwrap();
    let mut mounts = quoted_behind(published, "(");
    assert!(mounts.len() >= 10, "{mounts:?}");
    mounts.push("");
    let resources: Vec<_> = quoted_behind(&sources, "resource(").into_iter().filter(|path| *path != "/info").collect();
    assert!(resources.len() >= 7, "{resources:?}");
    let concrete = |path: &str| {
        let mut parts: Vec<_> = path.split('/').map(str::to_owned).collect();
        for part in parts.iter_mut().filter(|part| part.starts_with('{')) {
            *part = if part.starts_with("{organization") { organization.to_owned() } else { "1".into() };
        }
        parts.join("/")
    };
    mounts.iter().flat_map(|mount| resources.iter().map(move |path| format!("{mount}{}", concrete(path)))).collect()
}

#[test]
fn no_route_answers_without_a_key() {
    let database = Database::fresh();
    a_key(&database, "A", "write", &["--all-organizations"]);
    let station = Station::spawn_on(database, |_| ());
    let mut closed = 0;
    for path in every_path(COMUNE) {
        for method in METHODS {
            for (headers, words) in [
                (vec![], "has no subscription key"),
                (vec![("Ocp-Apim-Subscription-Key", "ecs_0")], "is not valid"),
                (vec![("Authorization", "Basic QTpB")], "has no subscription key"),
            ] {
                let told = call(&format!("{}{path}", station.url()), method, &headers, "");
                // Not everything is at every mount point.
                if told.is_no_route() && told.status == 404 {
                    continue;
                }
                closed += 1;
                assert_eq!((told.status, &told.body["statusCode"]), (401, &401.into()), "{method} {path} {headers:?}");
                assert!(told.body["message"].as_str().unwrap().contains(words), "{}", told.body);
                assert!(told.header("x-request-id").is_some() && told.header("www-authenticate").is_some());
            }
        }
    }
    assert!(closed >= 1920, "only {closed} answers");
    // A path that is spelled in another way leads to the same handler, and to the same refusal.
    for odd in
        ["/registry/organi%7Aations", "/registry//organizations", "/registry/organizations/", "/%72egistry/brokers"]
    {
        let told = call(&format!("{}{odd}", station.url()), "GET", &[], "");
        assert!(matches!(told.status, 401 | 403 | 404), "{odd}: {}", told.body);
    }
    for open in ["/health/live", "/health/ready", "/info", "/gpd/debt-positions-service/info", "/gpd/api/v1/info"] {
        assert_eq!(call(&format!("{}{open}", station.url()), "GET", &[], "").status, 200, "{open}");
    }
}

#[test]
fn no_route_answers_a_key_that_is_not_for_it() {
    let database = Database::fresh();
    let keys = [
        ("of another organization", a_key(&database, "B", "write", &["--organization", PROVINCIA])),
        ("that administers another", a_key(&database, "C", "admin", &["--organization", PROVINCIA])),
        ("of the front office", a_key(&database, "D", "pay", &["--all-organizations"])),
    ];
    let station = Station::spawn_on(database, |_| ());
    let mut found = 0;
    for path in every_path(COMUNE) {
        for method in METHODS {
            for (whose, key) in &keys {
                let told = call(&format!("{}{path}", station.url()), method, &with(key), "");
                // An admin of one organization may look at what has none in its path, and sees only its own.
                if told.is_no_route() || (!path.contains(COMUNE) && whose.contains("administers")) {
                    continue;
                }
                let forbidden = (403, "You are not allowed to access this resource.");
                let heard = (told.status, told.body["message"].as_str().unwrap_or_default());
                assert_eq!(heard, forbidden, "a key {whose}: {method} {path}: {}", told.body);
                found += 1;
            }
        }
    }
    assert!(found >= 561, "only {found} answers");
}

#[test]
fn who_only_reads_changes_nothing() {
    let database = Database::fresh();
    let key = a_key(&database, "A", "read", &["--organization", COMUNE]);
    let station = Station::spawn_on(database, |_| ());
    let mut refused = 0;
    let changes = |path: &String| !["/payment-options/", "/notices/pdf"].iter().any(|looks| path.contains(looks));
    for path in every_path(COMUNE).into_iter().filter(changes) {
        for method in METHODS.into_iter().filter(|method| *method != "GET") {
            let told = call(&format!("{}{path}", station.url()), method, &with(&key), "{}");
            assert!(told.is_no_route() || told.status == 403, "{method} {path}: {} {}", told.status, told.body);
            refused += usize::from(told.status == 403);
        }
    }
    // As many as change something, wherever they are mounted.
    assert!(refused >= 103, "only {refused} answers");
}

#[test]
fn a_key_travels_in_three_ways() {
    let database = Database::fresh();
    let key = a_key(&database, "A", "admin", &["--all-organizations"]);
    let station = Station::spawn_on(database, |_| ());
    let url = format!("{}/registry/organizations", station.url());
    let bearer = format!("Bearer {key}");
    for (query, headers, status) in [
        ("", vec![("Ocp-Apim-Subscription-Key", key.as_str())], 200),
        ("", vec![("Authorization", bearer.as_str())], 200),
        (&format!("?subscription-key={key}"), vec![], 200),
        ("", vec![("Ocp-Apim-Subscription-Key", &key[..43])], 401),
        ("", vec![("Ocp-Apim-Subscription-Key", &key.to_uppercase())], 401),
        (&format!("?subscription-key={key}"), vec![("Ocp-Apim-Subscription-Key", "other")], 401),
    ] {
        assert_eq!(call(&format!("{url}{query}"), "GET", &headers, "").status, status, "{query} {headers:?}");
    }
}

/// Also at a second station on the same database, which nobody told.
#[test]
fn a_revoked_key_ends_everywhere_within_seconds() {
    let database = std::sync::Arc::new(Database::fresh());
    let secret = a_key(&database, "A", "admin", &["--all-organizations"]);
    let stations = [Station::spawn_on(database.clone(), |_| ()), Station::spawn_on(database.clone(), |_| ())];
    let status = |station: &Station| {
        call(&format!("{}/registry/organizations", station.url()), "GET", &with(&secret), "").status
    };
    assert_eq!(stations.each_ref().map(status), [200, 200]);
    let used = || database.count("SELECT COUNT(*) FROM api_key WHERE last_used_at IS NOT NULL");
    let begun = Instant::now();
    while used() == 0 {
        assert!(begun.elapsed() < Duration::from_secs(5), "its use is noted");
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(key(&database, &["revoke", "A"]).code, Some(0));
    let begun = Instant::now();
    while stations.each_ref().map(status) != [401, 401] {
        assert!(begun.elapsed() < Duration::from_secs(5), "it still opens");
        std::thread::sleep(Duration::from_millis(100));
    }
    // The last key is gone, and the gate stays closed.
    let without = call(&format!("{}/registry/organizations", stations[0].url()), "GET", &[], "");
    assert_eq!(without.status, 401);
}

#[test]
fn a_key_that_calls_too_often_waits() {
    let database = Database::fresh();
    let (eager, calm) = (
        a_key(&database, "A", "admin", &["--all-organizations"]),
        a_key(&database, "B", "admin", &["--all-organizations"]),
    );
    let station = Station::spawn_on(database, |settings| {
        settings.api.calls = Some(2);
        settings.api.window = Duration::from_secs(3600);
    });
    let ask = |key: &str| call(&format!("{}/registry/brokers", station.url()), "GET", &with(key), "");
    for (status, remaining) in [(200, "1"), (200, "0"), (429, "0")] {
        let told = ask(&eager);
        assert_eq!((told.status, told.header("x-remaining-calls-per-min")), (status, Some(remaining)));
    }
    let refused = ask(&eager);
    assert_eq!(refused.body["statusCode"], 429);
    let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((3500..=3600).contains(&wait), "{wait}");
    assert_eq!(ask(&calm).status, 200, "each key counts for itself");
}

#[test]
fn without_keys_only_programs_on_this_machine_are_answered() {
    let station = Station::spawn();
    let url = format!("{}/registry/organizations", station.url());
    assert_eq!(call(&url, "GET", &[], "").status, 200);
    assert_eq!(call(&url, "GET", &with("whatever"), "").status, 200, "there is no key to compare it with");
    for header in [
        ("X-Forwarded-For", "127.0.0.1"),
        ("Forwarded", "for=10.0.0.1"),
        ("Via", "1.1 balancer"),
        ("Host", "station.example.org"),
        ("Origin", "http://attacker.example.org"),
    ] {
        let told = call(&url, "GET", &[header], "");
        assert_eq!((told.status, &told.body["statusCode"]), (403, &403.into()), "{header:?}");
        assert!(told.body["message"].as_str().unwrap().contains("ec-station key create"), "{}", told.body);
    }
}

/// An address of this machine that is not loopback, where there is one. Nothing is sent.
fn public_address() -> Option<String> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_loopback() && TcpListener::bind((address, 0)).is_ok()).then(|| address.to_string())
}

#[test]
fn without_keys_a_public_address_is_warned_of_and_closed() {
    let database = Database::fresh().filled_with(&[]);
    let free = TcpListener::bind("0.0.0.0:0").unwrap().local_addr().unwrap().port();
    let mut command = ec_station_at(&database);
    command.arg("serve");
    let mut process = Process::start(command);
    process.until("SIGTERM stops");
    assert!(process.log().contains("no API key exists"));

    let mut command = ec_station_at(&database);
    command.arg("serve").env("EC_STATION_LISTEN", format!("0.0.0.0:{free}"));
    let mut child = command.stderr(std::process::Stdio::piped()).spawn().unwrap();
    let answered = (0..200).find_map(|_| {
        std::thread::sleep(Duration::from_millis(50));
        std::net::TcpStream::connect(("127.0.0.1", free)).ok()
    });
    let foreign = public_address().map(|address| {
        call(&format!("http://{address}:{free}/registry/organizations"), "GET", &[("Host", "localhost")], "").status
    });
    child.kill().unwrap();
    let log = String::from_utf8(child.wait_with_output().unwrap().stderr).unwrap();
    assert!(answered.is_some(), "{log}");
    assert!(log.lines().any(|line| line.contains("WARN") && line.contains("on this machine only")), "{log}");
    if let Some(status) = foreign {
        assert_eq!(status, 403);
    }
}
