//! The list: the newest first, by pages for whoever asks for pages, and of one's own.

use chrono::Duration;

use super::{get, open};
use crate::given::today;
use crate::station::Station;

/// The ids of a page and what the header says of the next one.
fn page(station: &Station, path: &str) -> (Vec<String>, Option<String>) {
    let heard = get(station, path);
    assert_eq!(heard.status, 200, "{path}: {}", heard.text);
    let ids =
        heard.json()["data"].as_array().unwrap().iter().map(|one| one["_id"].as_str().unwrap().to_owned()).collect();
    (ids, heard.header("link").map(str::to_owned))
}

#[test]
fn the_newest_come_first_and_pages_join() {
    let station = Station::spawn();
    assert_eq!(get(&station, "/pay").text, r#"{"data":[],"success":true,"message":"","error":null}"#);
    let mut ids = Vec::new();
    for number in 0..7 {
        station.set_now(today() + Duration::milliseconds(number));
        ids.push(open(&station, "{}").id());
    }
    ids.reverse();
    assert_eq!(page(&station, "/pay"), (ids.clone(), None));
    assert_eq!(page(&station, "/pay/?limit=7&other=1"), (ids.clone(), None));
    let (mut found, mut next) = page(&station, "/pay?limit=3");
    assert_eq!(next, Some(format!("<?limit=3&before={}>; rel=\"next\"", ids[2])));
    while let Some(link) = next {
        let path = format!("/pay{}", link.trim_start_matches('<').split('>').next().unwrap());
        let (more, after) = page(&station, &path);
        assert!(!more.is_empty() && more.len() <= 3);
        found.extend(more);
        next = after;
    }
    assert_eq!(found, ids);
    assert_eq!(page(&station, &format!("/pay?before={}", ids[6])), (vec![], None));
}

#[test]
fn a_page_that_cannot_be_is_refused() {
    let station = Station::spawn();
    for limit in ["0", "1001", "-1", "x", "", "1.5", "%00"] {
        let refused = get(&station, &format!("/pay?limit={limit}")).no(400);
        assert_eq!(refused, "limit must be a whole number from 1 to 1000", "{limit}");
    }
    for before in ["", "x", "6b02d940000000000000000f", "%00", "%FF"] {
        let refused = get(&station, &format!("/pay?before={before}")).no(400);
        assert_eq!(refused, "before names no request of this account: give the last _id of a page", "{before}");
    }
}
