//! What whoever starts the sandbox sees: where it is, who takes part, and lines to paste.

use std::path::Path;

use super::setup::{creditors_of, paying_channel};
use crate::cli::program;
use crate::domain::codes::{NoticeNumber, check_digits};
use crate::domain::receipt::Version;
use crate::sandbox::Node;
use crate::sandbox::participants::{Channel, Organization, Psp, Station};
use crate::sandbox::psp::PATH;
use crate::xml::escape_text;

/// The Node at that address, in words. `registry` is the file of its participants, if they have one.
pub(super) fn screen(url: &str, node: &Node, registry: Option<&Path>) -> String {
    let mut text = format!("\nThe Node answers PSPs at {url}{PATH}   (WSDL: {url}{PATH}?wsdl)\n");
    text.push_str(&format!("and calls stations at {}\n\n", node.station_url));
    let organizations = node.participants.organizations();
    for organization in &organizations {
        text.push_str(&row("creditor", &organization.fiscal_code, &organization.company_name));
        for station in &organization.stations {
            text.push_str(&row("  station", &station.link.id_station, &about(station)));
        }
    }
    for psp in node.participants.psps() {
        text.push_str(&row("PSP", &psp.id_psp, &psp.company_name));
        for channel in &psp.channels {
            text.push_str(&row("  channel", &channel.id_channel, &format!("of broker {}", channel.id_broker_psp)));
        }
    }
    let example = organizations.iter().find_map(|organization| Some((*organization, example_notice(organization)?)));
    let Some((organization, notice)) = example else {
        text.push_str("\nNo creditor has a station: nothing can be paid here.\n");
        return text;
    };
    if let Some((psp, channel)) = payer(node) {
        let curl = verify(url, psp, channel, &organization.fiscal_code, &notice);
        text.push_str(&format!("\nAsk as a PSP whether a notice can be paid:\n\n{curl}\n"));
    }
    let mut pay = format!("{} sandbox pay --notice {notice} --node {url}", program());
    if let Some(registry) = registry {
        pay.push_str(&format!(" --registry {}", quoted(&registry.to_string_lossy())));
    }
    if creditors_of(&node.participants, &notice).len() > 1 {
        pay.push_str(&format!(" --organization {}", organization.fiscal_code));
    }
    text.push_str(&format!("\nPay one, step by step:\n\n{pay}\n"));
    text.push_str("\nCtrl-C stops.\n");
    text
}

fn row(kind: &str, code: &str, name: &str) -> String {
    format!("{kind:<10} {code:<16} {name}\n")
}

fn about(station: &Station) -> String {
    let generation = |version| if version == Version::V1 { "" } else { "V2" };
    let link = &station.link;
    let notices = format!("{}{}…", link.aux_digit, link.segregation_code.as_deref().unwrap_or_default());
    let get = format!("paGetPayment{}", generation(station.get_version()));
    let receipts = format!("paSendRT{}", generation(station.receipt_version()));
    let copies = if link.broadcast { ", copies of receipts" } else { "" };
    let own = station.url.as_ref().map(|url| format!(", at {url}")).unwrap_or_default();
    format!("notices {notices}, {get}, {receipts}{copies}{own}")
}

/// A notice number as the creditor's own are; of those that begin with 3, if it has any, as most do.
fn example_notice(organization: &Organization) -> Option<NoticeNumber> {
    let station = organization.stations.iter().max_by_key(|station| station.link.aux_digit)?;
    let aux_digit = station.link.aux_digit;
    let base = match station.link.segregation_code.as_deref() {
        _ if matches!(aux_digit, 1 | 2) => format!("{aux_digit}{:015}", 12_345),
        code => format!("{aux_digit}{}{:013}", code.unwrap_or("00"), 12_345),
    };
    NoticeNumber::parse(&format!("{base}{}", check_digits(&base))).ok()
}

/// A word of the shell's.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "./_-+,:@".contains(c);
    if word.chars().all(plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}

/// Some PSP that may pay notices.
fn payer(node: &Node) -> Option<(&Psp, &Channel)> {
    node.participants.psps().into_iter().find_map(|psp| Some((psp, paying_channel(psp)?)))
}

fn verify(url: &str, psp: &Psp, channel: &Channel, organization: &str, notice: &NoticeNumber) -> String {
    // Text that can break out neither of its element nor of the shell's quotes.
    let safe = |text: &str| escape_text(text).replace('\'', "&apos;");
    let (id_psp, id_broker_psp) = (safe(&psp.id_psp), safe(&channel.id_broker_psp));
    let (id_channel, password) = (safe(&channel.id_channel), safe(&channel.password));
    format!(
        "curl -s {url}{PATH} -H 'Content-Type: text/xml; charset=utf-8' -H 'SOAPAction: verifyPaymentNotice' -d \
         '<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><n:verifyPaymentNoticeReq \
         xmlns:n=\"http://pagopa-api.pagopa.gov.it/node/nodeForPsp.xsd\"><idPSP>{id_psp}</idPSP>\
         <idBrokerPSP>{id_broker_psp}</idBrokerPSP><idChannel>{id_channel}</idChannel><password>{password}</password>\
         <qrCode><fiscalCode>{organization}</fiscalCode><noticeNumber>{notice}</noticeNumber></qrCode>\
         </n:verifyPaymentNoticeReq></s:Body></s:Envelope>'"
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::sandbox::calls::line::Line;
    use crate::sandbox::participants::Participants;
    use crate::settings::Settings;
    use crate::station::Clock;

    /// What follows the notice in the line that pays.
    fn pasted(stations: &[(&str, u8, Option<&str>)], registry: Option<&str>) -> (String, String) {
        let organization = |(code, aux_digit, segregation_code): &(&str, u8, Option<&str>)| {
            json!({"fiscalCode": code, "companyName": "Comune", "stations": [{"idStation": format!("{code}_01"),
                   "idBroker": code, "auxDigit": aux_digit, "segregationCode": segregation_code}]})
        };
        let file = json!({"organizations": stations.iter().map(organization).collect::<Vec<_>>()});
        let participants = Participants::of(&file).unwrap();
        let (settings, line) = (Settings::defaults().sandbox, Line::new(&Default::default()).unwrap());
        let node = Node::new(participants, "http://station".into(), settings, Clock::system(), line);
        let screen = screen("http://node", &node, registry.map(Path::new));
        let line = screen.split(" sandbox pay --notice ").nth(1).unwrap_or_default();
        let (notice, rest) = line.lines().next().unwrap_or_default().split_once(' ').unwrap_or_default();
        (notice.to_owned(), rest.to_owned())
    }

    #[test]
    fn the_line_that_pays() {
        let (one, two) = ("99000001018", "99000002024");
        for (stations, registry, notice, rest) in [
            (vec![], None, "", ""),
            (vec![(one, 3, Some("07"))], None, "307000000001234573", "--node http://node"),
            (vec![(one, 3, None), (two, 1, None)], None, "300", "--node http://node"),
            (vec![(one, 0, Some("11"))], None, "011", "--node http://node"),
            (vec![(one, 1, None)], None, "1", "--node http://node"),
            (vec![(one, 2, None)], None, "2", "--node http://node"),
            (vec![(one, 3, None)], Some("a/b.json"), "3", "--node http://node --registry a/b.json"),
            (vec![(one, 3, None)], Some("it's 1.json"), "3", "--node http://node --registry 'it'\\''s 1.json'"),
            (
                vec![(one, 3, Some("07")), (two, 3, Some("07"))],
                Some("r"),
                "3",
                "--node http://node --registry r --organization 99000001018",
            ),
        ] {
            let (named, after) = pasted(&stations, registry);
            assert!(named.starts_with(notice) && named.is_empty() == notice.is_empty(), "{stations:?}: {named}");
            assert_eq!(after, rest, "{stations:?}");
        }
    }
}
