//! Who may see an upload: what it was confined to must be within the segregation codes of whoever asks.

use super::*;
use crate::access::{a_key, with};
use crate::database::Database;
use crate::station::Station;

fn ask(station: &Station, key: &str, path: &str) -> Heard {
    let [(name, secret)] = with(key);
    heard(agent().get(format!("{}{path}", station.url())).header(name, secret).call())
}

/// Uploads a position and gives the id of the upload.
fn brought(station: &Station, key: &str, number: usize) -> String {
    let [(name, secret)] = with(key);
    let request = agent().post(format!("{}{}", station.url(), v2("/file"))).header(name, secret);
    let request = request.header("Content-Type", format!("multipart/form-data; boundary={BOUNDARY}"));
    let heard = heard(request.send(form("file", "a.zip", &zip_of(&positions([position(number)])))));
    assert_eq!(heard.status, 202, "{}", heard.text);
    heard.header("location").unwrap().split('/').rev().nth(1).unwrap().to_owned()
}

#[test]
fn uploads_are_seen_within_the_codes_of_a_key() {
    let database = Database::fresh();
    let key =
        |name: &str, codes: &str| a_key(&database, name, "write", &["--organization", &format!("{COMUNE}{codes}")]);
    let [all, both, seven, eight] =
        [("ALL", ""), ("BOTH", ":07,08"), ("SEVEN", ":07"), ("EIGHT", ":08")].map(|(name, codes)| key(name, codes));
    let station = Station::spawn_on(database, |_| ());
    let of_all = brought(&station, &all, 1);
    let of_both = brought(&station, &both, 2);
    let of_seven = brought(&station, &seven, 3);
    for (name, key, seen) in [
        ("EIGHT", &eight, vec![]),
        ("SEVEN", &seven, vec![&of_seven]),
        ("BOTH", &both, vec![&of_both, &of_seven]),
        ("ALL", &all, vec![&of_all, &of_both, &of_seven]),
    ] {
        for id in [&of_all, &of_both, &of_seven] {
            let [status, report] =
                ["status", "report"].map(|what| ask(&station, key, &v1(&format!("/file/{id}/{what}"))));
            if seen.contains(&id) {
                assert_eq!((status.status, report.status), (200, 200), "{name}");
                continue;
            }
            let unknown = format!("404 STATUS NOT FOUND: The status for given fileId {id} does not exist for GPD");
            assert_eq!(status.problem(), unknown, "{name}");
            let unknown =
                format!("404 Upload blob not found: The blob for the given upload id {id} does not exist for GPD");
            assert_eq!(report.problem(), unknown, "{name}");
        }
        let mut seen: Vec<_> = seen.into_iter().map(String::as_str).collect();
        seen.sort();
        seen.reverse();
        assert_eq!(ask(&station, key, &v1("/files")).json()["fileIds"], json!(seen), "{name}");
    }
    // The query narrows what a key opens, down to nothing.
    for (query, count) in [("07", 1), ("08,07", 2), ("08", 0), ("09", 0)] {
        let listed = ask(&station, &all, &v1(&format!("/files?segregationCodes={query}"))).json();
        assert_eq!(listed["size"], json!(count), "{query}");
    }
}
