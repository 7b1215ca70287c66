//! What whoever starts the sandbox sees: where it is, who takes part, and lines to paste.

use super::setup::paying_channel;
use crate::cli::program;
use crate::domain::codes::check_digits;
use crate::domain::receipt::Version;
use crate::sandbox::Node;
use crate::sandbox::participants::{Channel, Organization, Psp, Station};
use crate::sandbox::psp::PATH;
use crate::xml::escape_text;

/// The Node at that address, in words.
pub(super) fn screen(url: &str, node: &Node) -> String {
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
    let program = program();
    text.push_str(&format!("\nPay one, step by step:\n\n{program} sandbox pay --notice {notice} --node {url}\n"));
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

/// A notice number as the creditor's own are.
fn example_notice(organization: &Organization) -> Option<String> {
    let station = organization.stations.iter().find(|station| station.link.aux_digit == 3)?;
    let base = format!("3{}{:013}", station.link.segregation_code.as_deref().unwrap_or("00"), 12_345);
    Some(format!("{base}{}", check_digits(&base)))
}

/// Some PSP that may pay notices.
fn payer(node: &Node) -> Option<(&Psp, &Channel)> {
    node.participants.psps().into_iter().find_map(|psp| Some((psp, paying_channel(psp)?)))
}

fn verify(url: &str, psp: &Psp, channel: &Channel, organization: &str, notice: &str) -> String {
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
