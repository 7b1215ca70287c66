//! The order in which the Node looks: everything is wrong, and is mended one thing after the other.

use serde_json::{Value, json};

use super::stranger::nobody;
use crate::given::{COMUNE, NAV, a_position};
use crate::node::{Node, participants};
use crate::station::Station;

/// A verify, field by field.
#[derive(Clone)]
struct Verify {
    action: &'static str,
    psp: &'static str,
    broker: &'static str,
    channel: &'static str,
    password: &'static str,
    organization: &'static str,
    notice: &'static str,
    body: bool,
}

impl Verify {
    fn outcome(&self, node: &Node) -> String {
        let Verify { psp, broker, channel, password, organization, notice, .. } = self;
        let content = format!(
            "<n:verifyPaymentNoticeReq><idPSP>{psp}</idPSP><idBrokerPSP>{broker}</idBrokerPSP>\
             <idChannel>{channel}</idChannel><password>{password}</password><qrCode>\
             <fiscalCode>{organization}</fiscalCode><noticeNumber>{notice}</noticeNumber></qrCode>\
             </n:verifyPaymentNoticeReq>"
        );
        let message = format!(
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" \
             xmlns:n=\"http://pagopa-api.pagopa.gov.it/node/nodeForPsp.xsd\"><s:Body>{}</s:Body></s:Envelope>",
            if self.body { &content } else { "" }
        );
        let reply = node.post(self.action, message);
        let description = reply.element("description").map(|text| format!(" {text}")).unwrap_or_default();
        match reply.outcome() {
            code if code == "PPT_AUTORIZZAZIONE" => format!("{code}{description}"),
            code => code,
        }
    }
}

/// Everybody in the usual registry, and beside them all who are switched off.
fn with_some_switched_off() -> Value {
    let mut file = participants();
    let off = json!({"fiscalCode": "99000009091", "companyName": "Ente spento", "active": false});
    file["organizations"].as_array_mut().unwrap().push(off);
    let station = |number: &str, broker: &str| json!({"idStation": format!("{broker}_{number}"), "idBroker": broker, "segregationCode": number});
    let mut disabled = station("08", COMUNE);
    disabled["active"] = json!(false);
    let mut stopped = station("10", COMUNE);
    stopped["serviceActive"] = json!(false);
    let mut gone = station("11", COMUNE);
    gone["url"] = json!(nobody());
    let stations = file["organizations"][0]["stations"].as_array_mut().unwrap();
    stations.extend([disabled, station("09", "99000009092"), stopped, gone]);
    file["brokers"] =
        json!([{"idBrokerPA": "99000009092", "active": false}, {"idBrokerPSP": "SPENTO", "active": false}]);
    let psps = file["psps"].as_array_mut().unwrap();
    psps.push(json!({"idPSP": "SPENTO", "companyName": "Banca spenta", "active": false}));
    let channels = psps[0]["channels"].as_array_mut().unwrap();
    let channel = json!({"idBrokerPSP": "99000003030", "password": "pwdpwdpwd"});
    for (id, member, value) in [("SPENTO_01", "active", json!(false)), ("99000003030_03", "type", json!("DIFFERITO"))] {
        let mut channel = channel.clone();
        channel["idChannel"] = json!(id);
        channel[member] = value;
        channels.push(channel);
    }
    file
}

#[test]
fn the_first_thing_that_is_wrong_is_told() {
    let station = Station::spawn();
    station.load(&a_position());
    let node = Node::with(station.url(), &with_some_switched_off(), |_| ());
    let mut verify = Verify {
        action: "verifyNotice",
        psp: "NESSUNO",
        broker: "NESSUNO",
        channel: "NESSUNO",
        password: "wrongPassword",
        organization: "99000009999",
        notice: "399000000001234573",
        body: false,
    };
    let mut step = |what: &str, mend: fn(&mut Verify), heard: &str| {
        mend(&mut verify);
        assert_eq!(verify.outcome(&node), heard, "{what}");
    };
    step("an action that nobody knows", |_| (), "Fault PPT_SOAPACTION_ERRATA");
    step("no body", |it| it.action = "verifyPaymentNotice", "PPT_SINTASSI_EXTRAXSD");
    step("another action", |it| (it.body, it.action) = (true, "verificaBollettino"), "PPT_SOAPACTION_ERRATA");
    step("psp", |it| it.action = "verifyPaymentNotice", "PPT_PSP_SCONOSCIUTO");
    step("psp off", |it| it.psp = "SPENTO", "PPT_PSP_DISABILITATO");
    step("broker", |it| it.psp = "99000003030", "PPT_INTERMEDIARIO_PSP_SCONOSCIUTO");
    step("broker off", |it| it.broker = "SPENTO", "PPT_INTERMEDIARIO_PSP_DISABILITATO");
    step("channel", |it| it.broker = "BANCOPOSTA", "PPT_CANALE_SCONOSCIUTO");
    step("channel off", |it| it.channel = "SPENTO_01", "PPT_CANALE_DISABILITATO");
    step("password", |it| it.channel = "99000003030_03", "PPT_AUTENTICAZIONE");
    let paired = "PPT_AUTORIZZAZIONE Configurazione intermediario-canale non corretta";
    step("broker of another channel", |it| it.password = "pwdpwdpwd", paired);
    step("channel of another PSP", |it| (it.broker, it.channel) = ("BANCOPOSTA", "POSTE3_01"), paired);
    let kind = "PPT_AUTORIZZAZIONE Il canale non è di tipo 'ATTIVATO_PRESSO_PSP'";
    step("type of the channel", |it| (it.broker, it.channel) = ("99000003030", "99000003030_03"), kind);
    step("organization", |it| it.channel = "99000003030_01", "PPT_DOMINIO_SCONOSCIUTO");
    step("organization off", |it| it.organization = "99000009091", "PPT_DOMINIO_DISABILITATO");
    step("station", |it| it.organization = COMUNE, "PPT_STAZIONE_INT_PA_SCONOSCIUTA");
    step("station off", |it| it.notice = "308000000001234573", "PPT_STAZIONE_INT_PA_DISABILITATA");
    step("broker of the station off", |it| it.notice = "309000000001234573", "PPT_INTERMEDIARIO_PA_DISABILITATO");
    step("service off", |it| it.notice = "310000000001234573", "PPT_STAZIONE_INT_PA_SERVIZIO_NONATTIVO");
    step("nobody there", |it| it.notice = "311000000001234573", "PPT_STAZIONE_INT_PA_IRRAGGIUNGIBILE");
    step("nothing to pay", |it| it.notice = "307000000009999999", "PPT_ERRORE_EMESSO_DA_PAA");
    step("all right", |it| it.notice = NAV, "OK");
}

#[test]
fn what_is_said_of_a_no() {
    let node = Node::calling(&nobody());
    for (psp, code, text) in [
        ("NESSUNO", "PPT_PSP_SCONOSCIUTO", "PSP sconosciuto."),
        ("99000003030", "PPT_AUTENTICAZIONE", "Errore di autenticazione."),
    ] {
        let content = format!(
            "<idPSP>{psp}</idPSP><idBrokerPSP>99000003030</idBrokerPSP><idChannel>99000003030_01</idChannel>\
             <password>wrongPassword</password><qrCode><fiscalCode>{COMUNE}</fiscalCode>\
             <noticeNumber>{NAV}</noticeNumber></qrCode>"
        );
        let reply = node.ask("verifyPaymentNotice", "verifyPaymentNoticeReq", &content);
        assert_eq!(reply.outcome(), code);
        assert_eq!(reply.element("faultString").as_deref(), Some(text));
        assert_eq!(reply.element("id").as_deref(), Some("NodoDeiPagamentiSPC"));
        assert_eq!(reply.element("description").as_deref(), Some(text), "it is never empty");
    }
}
