//! What goes with every page, to the byte; and what does not.

use super::*;
use crate::given;

const POLICY: &str = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

fn headers(reply: &Reply) -> Vec<(String, String)> {
    let mut all: Vec<_> = reply.headers.iter().map(|(n, v)| (n.to_string(), v.to_str().unwrap().to_owned())).collect();
    all.retain(|(name, _)| !matches!(name.as_str(), "date" | "content-length"));
    all.sort();
    all
}

fn expected(policy: &str) -> Vec<(String, String)> {
    let pairs = [
        ("cache-control", "no-store"),
        ("content-security-policy", policy),
        ("content-type", "text/html; charset=utf-8"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("x-robots-tag", "noindex, nofollow"),
    ];
    pairs.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()
}

#[test]
fn pages_are_kept_framed_and_indexed_by_nobody() {
    let checkout = Checkout::sending_to("https://checkout.example.org/c/1");
    let station = station_with(&checkout);
    let request = a_request(&station);
    let path = format!("/payment/{}", request.id);
    let desk = checkout.url();
    let desk = desk.strip_suffix("/checkout/ec/v1").unwrap();
    let payable = POLICY.replace("form-action 'self'", &format!("form-action 'self' https: {desk}"));
    assert_eq!(headers(&get(&station, &path, &[])), expected(&payable));
    assert_eq!(headers(&get(&station, "/payment/nothing", &[])), expected(POLICY));
    assert_eq!(headers(&get(&station, &format!("/payment/{}", request_for(&station, None).id), &[])), expected(POLICY));
    let sent = post(&station, &format!("{path}/pay"), &[], &[]);
    let location = ("location".to_owned(), "https://checkout.example.org/c/1".to_owned());
    assert!(
        headers(&sent).contains(&location) && headers(&sent).contains(&("cache-control".into(), "no-store".into()))
    );
    assert!(headers(&sent).contains(&("referrer-policy".into(), "no-referrer".into())));
    assert_eq!(headers(&get(&station, &path, &[])), expected(POLICY));
    let head = agent().head(format!("{}{path}", station.url())).call().unwrap();
    assert_eq!(head.status().as_u16(), 200);
}

#[test]
fn a_checkout_of_https_allows_no_http() {
    let station = Station::spawn_with(|settings| {
        settings.pay.checkout_url = Some("https://api.platform.pagopa.it/checkout/ec/v1".into());
    });
    station.load(&given::a_position());
    let reply = get(&station, &format!("/payment/{}", a_request(&station).id), &[]);
    let policy = POLICY.replace("form-action 'self'", "form-action 'self' https:");
    assert_eq!(headers(&reply), expected(&policy));
}

#[test]
fn without_checkout_forms_lead_here() {
    let station = Station::spawn();
    station.load(&given::a_position());
    let reply = get(&station, &format!("/payment/{}", a_request(&station).id), &[]);
    assert_eq!(headers(&reply), expected(POLICY));
}

#[test]
fn assets_come_from_the_program_and_pages_name_no_other_place() {
    let station = station_with(&Checkout::sending_to("https://checkout.example.org/c/1"));
    let body = get(&station, &format!("/payment/{}", a_request(&station).id), &[]).body;
    let linked: Vec<&str> =
        body.split("<link ").skip(1).filter_map(|link| link.split("href=\"").nth(1)?.split('"').next()).collect();
    assert_eq!(linked.len(), 2, "{body}");
    for asset in linked.iter().copied().chain(["/payment/assets/OFL.txt"]) {
        let reply = get(&station, asset, &[]);
        assert_eq!(reply.status, 200, "{asset}");
        assert!(asset.contains("?v=") || asset.ends_with("OFL.txt"), "{asset}");
        assert_eq!(reply.header("cache-control"), Some("public, max-age=31536000, immutable"));
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    }
    let style = get(&station, linked[0], &[]).body;
    let fonts: Vec<&str> = style.split("url(\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(fonts.len(), 3);
    for font in fonts {
        assert!(font.contains(".woff2?v="), "{font}");
        let mut response = agent().get(format!("{}/payment/assets/{font}", station.url())).call().unwrap();
        assert_eq!(response.headers()["content-type"], "font/woff2");
        assert!(response.body_mut().read_to_vec().unwrap().starts_with(b"wOF2"));
    }
    assert!(!style.contains("http"), "a style from elsewhere");
}

#[test]
fn a_store_that_is_down_is_told_plainly() {
    let station = station_with(&Checkout::sending_to("https://checkout.example.org/c/1"));
    let path = format!("/payment/{}", a_request(&station).id);
    station.database().change("ALTER TABLE payment_request RENAME TO gone");
    assert_eq!(shown(&get(&station, &path, &[]), 503).heading, "Servizio momentaneamente non disponibile");
    assert_eq!(shown(&post(&station, &format!("{path}/pay"), &[], &[]), 503).language, "it");
    assert_eq!(headers(&get(&station, &path, &[])), expected(POLICY));
}
