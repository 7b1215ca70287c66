//! `activatePaymentNotice` and its V2.

use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use serde_json::json;

use super::relay::{Relay, Way};
use crate::given::{
    COMUNE, HASH, NAV, OTHER_NAV, POSTAL, PROVINCIA, a_position, a_position_of, a_transfer, an_option, bank,
    bank_and_postal, stamp,
};
use crate::node::{BANK_HEAD, Node, participants};
use crate::station::{Reply, Station};
use ec_station::domain::codes::OrganizationCode;
use ec_station::domain::position::DebtPosition;

/// `idPSP` to `password` of the post office.
pub const POSTE_HEAD: &str = "<idPSP>POSTE3</idPSP><idBrokerPSP>BANCOPOSTA</idBrokerPSP>\
                              <idChannel>POSTE3_01</idChannel><password>pwdpwdpwd</password>";

/// An activation; change what matters, then send it as V1 or V2.
#[derive(Clone)]
pub struct Activation {
    pub head: String,
    pub key: Option<&'static str>,
    pub notice: &'static str,
    pub expiration: Option<String>,
    pub amount: &'static str,
    /// What comes after the amount.
    pub tail: &'static str,
}

/// Of the notice of 120.50 euro, by the bank.
pub fn an_activation() -> Activation {
    let head = BANK_HEAD.to_owned();
    Activation { head, key: None, notice: NAV, expiration: None, amount: "120.50", tail: "" }
}

impl Activation {
    pub fn content(&self) -> String {
        let element = |name: &str, text: Option<&str>| text.map(|it| format!("<{name}>{it}</{name}>"));
        let key = element("idempotencyKey", self.key).unwrap_or_default();
        let expiration = element("expirationTime", self.expiration.as_deref()).unwrap_or_default();
        let Activation { head, notice, amount, tail, .. } = self;
        format!(
            "{head}{key}<qrCode><fiscalCode>{COMUNE}</fiscalCode><noticeNumber>{notice}</noticeNumber></qrCode>\
             {expiration}<amount>{amount}</amount>{tail}"
        )
    }

    pub fn v1(&self, node: &Node) -> Reply {
        node.ask("activatePaymentNotice", "activatePaymentNoticeReq", &self.content())
    }

    pub fn v2(&self, node: &Node) -> Reply {
        node.ask("activatePaymentNoticeV2", "activatePaymentNoticeV2Request", &self.content())
    }
}

/// How a payment ended: well; change what matters, then send it.
pub struct Outcome {
    pub token: String,
    pub key: Option<&'static str>,
    pub fee: &'static str,
}

pub fn an_outcome(token: &str, key: Option<&'static str>) -> Outcome {
    Outcome { token: token.to_owned(), key, fee: "1.50" }
}

impl Outcome {
    pub fn send(&self, node: &Node) -> Reply {
        let key = self.key.map(|key| format!("<idempotencyKey>{key}</idempotencyKey>")).unwrap_or_default();
        let Outcome { token, fee, .. } = self;
        let content = format!(
            "{BANK_HEAD}{key}<paymentToken>{token}</paymentToken><outcome>OK</outcome><details>\
             <paymentMethod>creditCard</paymentMethod><paymentChannel>app</paymentChannel><fee>{fee}</fee>\
             <applicationDate>2026-11-22</applicationDate><transferDate>2026-11-23</transferDate></details>"
        );
        node.ask("sendPaymentOutcome", "sendPaymentOutcomeReq", &content)
    }
}

/// The messages that the Node sent to stations, the oldest first.
pub fn questions(node: &Node) -> Vec<String> {
    let story = node.page("/sandbox/story");
    let steps = story.as_array().unwrap().iter().filter(|step| step["between"] == "NODE_TO_STATION");
    steps.map(|step| step["message"].as_str().unwrap().to_owned()).collect()
}

/// One share goes to the province, one buys a stamp.
fn a_shared_position() -> DebtPosition {
    let mut option = an_option(OTHER_NAV);
    let mut share = a_transfer(2, 2_000, bank());
    share.organization = OrganizationCode::new(PROVINCIA);
    option.transfers = vec![a_transfer(1, 8_450, bank()), share, a_transfer(3, 1_600, stamp())];
    a_position_of(vec![option])
}

#[test]
fn a_token_of_the_first_generation() {
    let station = Station::spawn();
    station.load(&a_position());
    let node = Node::calling(station.url());
    let reply = Activation {
        amount: "1.00",
        tail: "<dueDate>2026-12-31</dueDate><paymentNote>a note</paymentNote>",
        ..an_activation()
    }
    .v1(&node);
    assert_eq!(reply.outcome(), "OK");
    for (name, text) in [
        ("totalAmount", "120.50"),
        ("paymentDescription", "TARI 2026 rata unica"),
        ("fiscalCodePA", COMUNE),
        ("companyName", "Comune di Borgolieve"),
        ("officeName", "Ufficio Tributi"),
        ("idTransfer", "1"),
        ("transferAmount", "120.50"),
        ("IBAN", crate::given::BANK),
        ("creditorReferenceId", &NAV[1..]),
    ] {
        assert_eq!(reply.element(name).as_deref(), Some(text), "{name}");
    }
    let token = reply.element("paymentToken").unwrap();
    assert!(token.len() == 32 && token.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f')), "{token}");
    assert_eq!((reply.element("transferCategory"), reply.element("standin")), (None, None));
    let asked = questions(&node);
    assert_eq!(asked.len(), 1, "{asked:?}");
    let told = "<amount>1.00</amount><paymentNote>a note</paymentNote><dueDate>2026-12-31</dueDate>";
    assert!(asked[0].contains("paGetPaymentV2Request") && asked[0].contains(told), "{}", asked[0]);
}

#[test]
fn a_token_of_the_second_generation() {
    let station = Station::spawn();
    station.load(&a_shared_position());
    let node = Node::calling(station.url());
    let tail = "<paymentMethod>CP</paymentMethod><touchPoint>PSP</touchPoint>";
    let reply = Activation { notice: OTHER_NAV, tail, ..an_activation() }.v2(&node);
    assert_eq!(reply.outcome(), "OK");
    assert_eq!(reply.elements("transferAmount"), ["84.50", "20.00", "16.00"]);
    assert_eq!(reply.elements("fiscalCodePA"), [COMUNE, COMUNE, PROVINCIA, COMUNE]);
    assert_eq!(reply.elements("IBAN").len(), 2);
    assert_eq!(reply.element("hashDocumento").as_deref(), Some(HASH));
    assert_eq!(reply.elements("transferCategory").len(), 3);
}

#[test]
fn a_stamp_cannot_be_told_to_a_psp_of_the_first_generation() {
    let station = Station::spawn();
    station.load(&a_shared_position());
    let node = Node::calling(station.url());
    let activation = Activation { notice: OTHER_NAV, ..an_activation() };
    assert_eq!(activation.v1(&node).outcome(), "PPT_SEMANTICA");
    assert_eq!(activation.v2(&node).outcome(), "OK", "nothing holds the notice");
}

#[test]
fn the_station_is_asked_in_its_own_generation() {
    let station = Station::spawn();
    station.load(&a_position_of(vec![an_option(NAV), an_option(OTHER_NAV)]));
    let mut old = participants();
    old["organizations"][0]["stations"][0]["getVersion"] = json!(1);
    let node = Node::with(station.url(), &old, |_| ());
    assert_eq!(an_activation().v1(&node).outcome(), "OK");
    assert_eq!(Activation { notice: OTHER_NAV, ..an_activation() }.v2(&node).outcome(), "OK");
    let asked = questions(&node);
    assert!(asked.len() == 2 && asked.iter().all(|it| it.contains("paGetPaymentReq")), "{asked:?}");
}

#[test]
fn accounts_of_the_post_office() {
    let station = Station::spawn();
    let option = |nav| {
        let mut option = an_option(nav);
        option.transfers = vec![a_transfer(1, 12_050, bank_and_postal())];
        option
    };
    const THIRD: &str = "307000000001234775";
    station.load(&a_position_of(vec![option(NAV), option(OTHER_NAV), option(THIRD)]));
    let node = Node::calling(station.url());
    let at_the_bank = an_activation().v2(&node);
    assert_eq!(
        (at_the_bank.element("IBAN").as_deref(), at_the_bank.element("allCCP")),
        (Some(crate::given::BANK), None)
    );
    let head = POSTE_HEAD.to_owned();
    let at_the_post = Activation { head, notice: OTHER_NAV, ..an_activation() }.v2(&node);
    assert_eq!(at_the_post.element("IBAN").as_deref(), Some(POSTAL));
    assert_eq!(at_the_post.element("allCCP").as_deref(), Some("true"));
    let at_checkout =
        Activation { notice: THIRD, tail: "<touchPoint>CHECKOUT</touchPoint>", ..an_activation() }.v2(&node);
    assert_eq!(at_checkout.element("IBAN").as_deref(), Some(crate::given::BANK));
    assert_eq!(at_checkout.element("value").as_deref(), Some(POSTAL));
    assert_eq!(at_checkout.element("allCCP").as_deref(), Some("true"));
    let asked = questions(&node);
    let kind = |question: &String| {
        let kinds = ["POSTAL", "PAGOPA"].into_iter();
        kinds.into_iter().find(|kind| question.contains(&format!("<transferType>{kind}<"))).unwrap_or("-")
    };
    assert_eq!(asked.iter().map(kind).collect::<Vec<_>>(), ["-", "POSTAL", "PAGOPA"]);
}

#[test]
fn a_no_of_the_station_leaves_the_notice_free() {
    let station = Station::spawn();
    let node = Node::calling(station.url());
    let refused = an_activation().v1(&node);
    assert_eq!(refused.outcome(), "PPT_ERRORE_EMESSO_DA_PAA");
    assert_eq!(refused.element("paymentToken"), None);
    station.load(&a_position());
    assert_eq!(an_activation().v1(&node).outcome(), "OK");
}

#[test]
fn nobody_pays_into_an_account_that_is_not_registered() {
    let station = Station::spawn();
    station.load(&a_position());
    let mut strict = participants();
    strict["organizations"][0]["ibans"] = json!([POSTAL]);
    let node = Node::with(station.url(), &strict, |_| ());
    assert_eq!(an_activation().v1(&node).outcome(), "PPT_STAZIONE_INT_PA_ERRORE_RESPONSE");
}

#[test]
fn of_twenty_psps_one_pays() {
    let station = Station::spawn();
    station.load(&a_position());
    let node = Node::calling(station.url());
    let outcomes: Vec<String> = std::thread::scope(|scope| {
        let psp = |at: usize| {
            let head = if at.is_multiple_of(2) { BANK_HEAD } else { POSTE_HEAD }.to_owned();
            let (node, activation) = (&node, Activation { head, ..an_activation() });
            scope.spawn(move || if at < 10 { activation.v1(node) } else { activation.v2(node) }.outcome())
        };
        let psps: Vec<_> = (0..20).map(psp).collect();
        psps.into_iter().map(|psp| psp.join().unwrap()).collect()
    });
    assert_eq!(outcomes.iter().filter(|outcome| *outcome == "OK").count(), 1, "{outcomes:?}");
    assert_eq!(outcomes.iter().filter(|outcome| *outcome == "PPT_PAGAMENTO_IN_CORSO").count(), 19, "{outcomes:?}");
    assert_eq!(questions(&node).len(), 1, "only the first asks the station");
}

#[test]
fn a_psp_that_hangs_up_finds_its_session_by_its_key() {
    let station = Station::spawn();
    station.load(&a_position());
    let relay = Relay::to(&station, Way::Held);
    let node = Node::with(relay.url(), &participants(), |settings| settings.timeout = Duration::from_secs(60));
    let keyed = Activation { key: Some("99000003030_a1B2c3D4e5"), ..an_activation() };
    let address = node.url().strip_prefix("http://").unwrap();
    let mut psp = TcpStream::connect(address).unwrap();
    let body = format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><n:activatePaymentNoticeReq \
         xmlns:n=\"http://pagopa-api.pagopa.gov.it/node/nodeForPsp.xsd\">{}</n:activatePaymentNoticeReq></s:Body>\
         </s:Envelope>",
        keyed.content()
    );
    write!(
        psp,
        "POST /nodo/node-for-psp/v1 HTTP/1.1\r\nHost: {address}\r\nContent-Type: text/xml\r\n\
         SOAPAction: activatePaymentNotice\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    relay.wait_for_calls(1);
    drop(psp);
    assert_eq!(an_activation().v2(&node).outcome(), "PPT_PAGAMENTO_IN_CORSO", "the station is still being asked");
    relay.set(Way::Open);
    assert_eq!(keyed.v1(&node).outcome(), "OK");
    assert_eq!(questions(&node).len(), 1);
}

#[test]
fn a_station_that_drops_the_call_leaves_the_notice_free() {
    let station = Station::spawn();
    station.load(&a_position());
    let relay = Relay::to(&station, Way::Cut);
    let node = Node::calling(relay.url());
    assert_eq!(an_activation().v1(&node).outcome(), "PPT_STAZIONE_INT_PA_IRRAGGIUNGIBILE");
    relay.set(Way::Open);
    assert_eq!(an_activation().v1(&node).outcome(), "OK");
}
