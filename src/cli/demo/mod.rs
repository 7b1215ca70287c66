//! `ec-station demo`: a station with something to show, in one command.

mod notices;

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::Utc;
use clap::Args;

use self::notices::{DemoNotice, demo_notices};
use super::sandbox::{self, door_of};
use super::{Failure, program, serve};
use crate::domain::position::DebtPosition;
use crate::intake::registry;
use crate::sandbox::Node;
use crate::sandbox::calls::line::{Credentials, Line};
use crate::sandbox::participants::Participants;
use crate::sandbox::psp::PATH;
use crate::settings::{Settings, variable};
use crate::station::{Clock, Station};
use crate::store::{DatabaseUrl, Save, StoreError};
use crate::telemetry::chain;

const EXAMPLES: &str = "\
Examples:
  ec-station demo
  ec-station demo --folder /tmp/ec-station

It shows its address and its Node's, the notices, and lines to paste: one asks whether a notice can be paid, the others
pay it, by hand or with everything that the Node and a PSP do.";

/// Who takes part, for the station and for its Node.
const PARTICIPANTS: &[u8] = include_bytes!("participants.json");

/// The same as the Node reads it.
pub(super) fn participants() -> Participants {
    Participants::parse(PARTICIPANTS).expect("our own participants are right")
}

/// Answers from a fresh store with a dozen notices to try, beside a Node that takes payments for it.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Demo {
    /// Keep the store in this folder instead of a temporary one.
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
}

impl Demo {
    pub(super) async fn run(self, mut settings: Settings) -> Result<ExitCode, Failure> {
        // Kept until the end: dropping it removes the folder.
        let temporary = tempfile::tempdir().map_err(Failure::io("make a temporary folder"))?;
        let folder = self.folder.as_deref().unwrap_or(temporary.path());
        settings.database = fresh_database(folder)?;
        let (listener, address) = open_port("listen", settings.listen)?;
        let (beside, node_address) = open_port("sandbox.listen", beside(&settings))?;
        let node_url = format!("http://{node_address}");
        settings.pay.checkout_url.get_or_insert_with(|| format!("{node_url}/checkout/ec/v2"));
        (settings.outbox.http, settings.outbox.private_addresses) = (true, true);
        let line = Line::new(&Credentials::default()).map_err(|error| Failure::Other(chain(&error)))?;
        let (clock, behaviour) = (Clock::system(), settings.sandbox.clone());
        let node = Node::new(participants(), door_of(address), behaviour, clock.clone(), line);
        let station = Station::build(settings, clock).await?;
        let notices = demo_notices(Utc::now());
        fill(&station, &notices).await?;
        println!("{}", screen(&[format!("http://{address}"), node_url], &station.settings.database, &notices));
        serve::tell_of_the_gate(&station, address).await;
        // The station first: who reads that it listens may ask its Node at once.
        tokio::try_join!(serve::serve(station, listener), sandbox::serve(node, beside)).map(|(code, _)| code)
    }
}

/// Where the Node listens. Whoever takes any port for the station and says nothing of the Node takes any for both.
fn beside(settings: &Settings) -> SocketAddr {
    let mut address = settings.sandbox.listen;
    if settings.listen.port() == 0 && address == Settings::defaults().sandbox.listen {
        address.set_port(0);
    }
    address
}

/// Opens the port of a setting; says what it is.
fn open_port(setting: &str, address: SocketAddr) -> Result<(TcpListener, SocketAddr), Failure> {
    let listener = TcpListener::bind(address).map_err(Failure::io(format!(
        "listen on {address}; another port is chosen with {}=127.0.0.1:0",
        variable(setting)
    )))?;
    let address = listener.local_addr().map_err(Failure::io("read the port's address"))?;
    Ok((listener, address))
}

/// A database that is not there yet.
fn fresh_database(folder: &Path) -> Result<DatabaseUrl, Failure> {
    std::fs::create_dir_all(folder).map_err(Failure::io(format!("make the folder {}", folder.display())))?;
    let file = folder.join("ec-station.db");
    if file.exists() {
        let shown = file.display();
        return Err(Failure::Usage(format!("{shown} exists; a demo starts afresh: remove it or name another folder")));
    }
    Ok(DatabaseUrl::file(file))
}

async fn fill(station: &Station, notices: &[DemoNotice]) -> Result<(), StoreError> {
    let organizations = registry::parse(PARTICIPANTS).expect("our own registry is right");
    station.store.import_organizations(&organizations, Utc::now()).await?;
    let mut positions: Vec<DebtPosition> = Vec::new();
    for notice in notices {
        if positions.last().is_none_or(|last| last.iupd != notice.position.iupd) {
            positions.push(notice.position.clone());
        }
    }
    let save = Save { now: Utc::now(), publish: false, history: true, dry_run: false };
    station.store.save_positions(&positions, &save).await.map(drop)
}

/// What a newcomer sees: the addresses of the station and its Node, the notices, and lines to paste.
fn screen([url, node]: &[String; 2], database: &DatabaseUrl, notices: &[DemoNotice]) -> String {
    let mut text =
        format!("\nec-station answers the Node at {url}/soap/paForNode   (WSDL: {url}/soap/paForNode?wsdl)\n");
    text.push_str(&format!("and a Node answers PSPs at {node}{PATH}   (WSDL: {node}{PATH}?wsdl)\n\n"));
    text.push_str(&format!("{:<18}  {:>9}  {:<30}  {}\n", "notice", "euro", "what", "a verify answers"));
    for notice in notices {
        let option = notice.option();
        text.push_str(&format!(
            "{:<18}  {:>9}  {:<30}  {}\n",
            option.nav,
            option.amount.euro(),
            option.description,
            notice.answer
        ));
    }
    let payable = &notices[0];
    let program = program();
    let another = &notices[1].option().nav;
    text.push_str("\nPay a notice as a PSP, through the Node, and read what everybody says and thinks:\n\n");
    text.push_str(&format!("{program} sandbox pay --notice {another} --node {node}\n"));
    text.push_str(&format!("\nAsk the station whether a notice can be paid:\n\n{}\n", curl(url, &verify(payable))));
    text.push_str(&format!("\nPay it by hand, then ask again:\n\n{}\n", curl(url, &receipt(payable))));
    text.push_str("\nOpen a payment request as a portal does; its payment_url is a page for your browser:\n\n");
    text.push_str(&format!("{}\n", open_request(url, &notices[3])));
    let database = format!("{}={database}", variable("database.url"));
    text.push_str(&format!("\nSee what the station holds:\n\n{database} {program} receipts\n"));
    text.push_str(&format!("{database} {program} anomalies\n"));
    text.push_str("\nCtrl-C stops.\n");
    text
}

fn curl(url: &str, message: &str) -> String {
    let envelope = format!(
        r#"<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>{message}</s:Body></s:Envelope>"#
    );
    format!("curl -s {url}/soap/paForNode -H 'Content-Type: text/xml; charset=utf-8' -d '{envelope}'")
}

fn open_request(url: &str, notice: &DemoNotice) -> String {
    let (nav, amount) = (&notice.option().nav, notice.option().amount.euro());
    format!(
        "curl -s {url}/pay/PagoPA -H 'Content-Type: application/json' -d \
         '{{\"data\":{{\"email\":\"cliente@example.org\",\"importo\":\"{amount}\",\"ente_pa\":\"99000001018\",\
         \"avviso_pa\":\"{nav}\"}}}}'"
    )
}

const HEAD: &str = "<idPA>99000001018</idPA><idBrokerPA>99000001018</idBrokerPA><idStation>99000001018_01</idStation>";

fn verify(notice: &DemoNotice) -> String {
    format!(
        "<p:paVerifyPaymentNoticeReq xmlns:p=\"http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd\">{HEAD}<qrCode>\
         <fiscalCode>99000001018</fiscalCode><noticeNumber>{}</noticeNumber></qrCode></p:paVerifyPaymentNoticeReq>",
        notice.option().nav
    )
}

fn receipt(notice: &DemoNotice) -> String {
    let option = notice.option();
    let (nav, iuv, amount, reason) = (&option.nav, &option.iuv, option.amount.euro(), &option.description);
    format!(
        "<p:paSendRTReq xmlns:p=\"http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd\">{HEAD}<receipt>\
         <receiptId>3fa9c1d27b6e4c50a8e1f0925d7b6c43</receiptId><noticeNumber>{nav}</noticeNumber>\
         <fiscalCode>99000001018</fiscalCode><outcome>OK</outcome><creditorReferenceId>{iuv}</creditorReferenceId>\
         <paymentAmount>{amount}</paymentAmount><description>{reason}</description>\
         <companyName>Comune di Borgolieve</companyName><debtor><uniqueIdentifier>\
         <entityUniqueIdentifierType>F</entityUniqueIdentifierType>\
         <entityUniqueIdentifierValue>VRDPNC70A01Z999J</entityUniqueIdentifierValue></uniqueIdentifier>\
         <fullName>Pancrazio Verdelli</fullName></debtor><transferList><transfer><idTransfer>1</idTransfer>\
         <transferAmount>{amount}</transferAmount><fiscalCodePA>99000001018</fiscalCodePA>\
         <IBAN>IT41P9999911111000000123456</IBAN><remittanceInformation>{reason}</remittanceInformation>\
         <transferCategory>0101101IM</transferCategory></transfer></transferList><idPSP>99000003030</idPSP>\
         <PSPCompanyName>Banca Esempio S.p.A.</PSPCompanyName><idChannel>99000003030_01</idChannel>\
         <channelDescription>app</channelDescription></receipt></p:paSendRTReq>"
    )
}
