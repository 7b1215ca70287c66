//! The page where citizens pay, as a browser without JavaScript sees it.

mod carts;
mod checkout;
mod forms;
mod headers;
mod judge;
mod stages;

use ec_station::domain::codes::{NoticeNumber, OrganizationCode};
use ec_station::domain::payment_request::{Given, PaymentRequest, RequestedNotice};
use ec_station::use_cases::payment_requests::NewRequest;

use self::checkout::Checkout;
use self::judge::Page;
use crate::given::{COMUNE, NAV};
use crate::station::{Reply, Station};

/// A station that has the fictional notice and sends citizens to a Checkout.
fn station_with(checkout: &Checkout) -> Station {
    let url = checkout.url();
    let station = Station::spawn_with(|settings| {
        settings.pay.checkout_url = Some(url);
        settings.pay.checkout_key = Some("a-key".into());
    });
    station.load(&crate::given::a_position());
    station
}

/// A request for a notice of the fictional town.
fn request_for(station: &Station, nav: Option<&str>) -> PaymentRequest {
    let notice = nav.map(|nav| RequestedNotice {
        organization: OrganizationCode::new(COMUNE),
        notice: NoticeNumber::parse(nav).unwrap(),
    });
    let given = Given { email: "cliente@example.org".into(), first_name: "Pancrazio".into(), ..Given::default() };
    station.open_payment_request(NewRequest { account: "portale".into(), notice, given, callback: None })
}

/// A request for the notice that [`station_with`] has.
fn a_request(station: &Station) -> PaymentRequest {
    request_for(station, Some(NAV))
}

/// An agent that goes where it is told, and says where it was sent.
fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into()
}

/// Fetches something.
fn get(station: &Station, path: &str, headers: &[(&str, &str)]) -> Reply {
    let mut request = agent().get(format!("{}{path}", station.url()));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    Reply::of(request.call())
}

/// Sends a form.
fn post(station: &Station, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Reply {
    let mut request = agent().post(format!("{}{path}", station.url()));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    Reply::of(request.send_form(fields.iter().copied()))
}

/// The page at a path, which is judged.
fn page(station: &Station, path: &str) -> Page {
    shown(&get(station, path, &[]), 200)
}

/// The page of a reply, which is judged.
fn shown(reply: &Reply, status: u16) -> Page {
    assert_eq!(reply.status, status, "{}", reply.body);
    assert_eq!(reply.header("content-type"), Some("text/html; charset=utf-8"));
    judge::read(&reply.body)
}
