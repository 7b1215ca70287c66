//! A Node beside a real station: the sandbox on port 0, with the station's clock; and the PSP that calls it.

use std::net::TcpListener;
use std::sync::{Arc, Mutex, mpsc};
use std::thread::JoinHandle;

use actix_web::dev::ServerHandle;
use chrono::{DateTime, Utc};
use ec_station::sandbox::Node as RealNode;
use ec_station::sandbox::calls::line::{Credentials, Line};
use ec_station::sandbox::participants::Participants;
use ec_station::settings::{Sandbox, Settings};
use ec_station::station::Clock;
use serde_json::{Value, json};

use crate::given::{self, COMUNE, PROVINCIA};
use crate::station::{Reply, agent};

/// A running Node and what a test needs to talk to it.
pub struct Node {
    url: String,
    now: Arc<Mutex<DateTime<Utc>>>,
    server: Option<(ServerHandle, JoinHandle<()>)>,
}

/// Who takes part in the tests: the fictional creditors with their stations, one bank and Poste.
pub fn participants() -> Value {
    let organization = |code: &str, name: &str, broadcast: bool| {
        json!({"fiscalCode": code, "companyName": name, "stations": [{"idStation": format!("{code}_01"),
          "idBroker": code, "auxDigit": 3, "segregationCode": "07", "broadcast": broadcast}]})
    };
    json!({
        "organizations": [
            organization(COMUNE, "Comune di Borgolieve", false),
            organization(PROVINCIA, "Provincia di Terralieve", true)
        ],
        "psps": [
            {"idPSP": "99000003030", "companyName": "Banca Esempio S.p.A.", "fiscalCode": "99000003030",
             "channels": [{"idChannel": "99000003030_01", "idBrokerPSP": "99000003030", "password": "pwdpwdpwd"}]},
            {"idPSP": "POSTE3", "companyName": "Poste Esempio S.p.A.",
             "channels": [{"idChannel": "POSTE3_01", "idBrokerPSP": "BANCOPOSTA", "password": "pwdpwdpwd",
                           "postal": true}]}
        ],
        "postalAccounts": [{"ccPost": "000099999999", "organization": COMUNE}]
    })
}

/// `idPSP` to `password` of the bank.
pub const BANK_HEAD: &str = "<idPSP>99000003030</idPSP><idBrokerPSP>99000003030</idBrokerPSP>\
                             <idChannel>99000003030_01</idChannel><password>pwdpwdpwd</password>";

impl Node {
    /// A Node that calls the station at that address.
    pub fn calling(station_url: &str) -> Node {
        Node::with(station_url, &participants(), |_| ())
    }

    /// A Node with other participants and settings.
    pub fn with(station_url: &str, participants: &Value, change: impl FnOnce(&mut Sandbox)) -> Node {
        let mut settings = Settings::defaults().sandbox;
        change(&mut settings);
        let now = Arc::new(Mutex::new(given::today()));
        let ticking = now.clone();
        let clock = Clock::driven_by(move || *ticking.lock().unwrap());
        let participants = Participants::of(participants).unwrap();
        let line = Line::new(&Credentials::default()).unwrap();
        let station_url = format!("{station_url}/soap/paForNode");
        let node = RealNode::new(participants, station_url, settings, clock, line);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = Some(serve(node, listener));
        Node { url, now, server }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// Moves its clock.
    pub fn set_now(&self, now: DateTime<Utc>) {
        *self.now.lock().unwrap() = now;
    }

    /// Sends a message of nodeForPsp: the root's name and what is in it.
    pub fn ask(&self, operation: &str, root: &str, content: &str) -> Reply {
        let envelope = format!(
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>\
             <n:{root} xmlns:n=\"http://pagopa-api.pagopa.gov.it/node/nodeForPsp.xsd\">{content}</n:{root}></s:Body>\
             </s:Envelope>"
        );
        self.post(operation, envelope)
    }

    /// Sends bytes.
    pub fn post(&self, operation: &str, message: impl AsRef<[u8]>) -> Reply {
        let request = agent().post(format!("{}/nodo/node-for-psp/v1", self.url));
        let request = request.header("Content-Type", "text/xml; charset=utf-8").header("SOAPAction", operation);
        Reply::of(request.send(message.as_ref()))
    }

    /// Sends bytes to a path, with headers of the test's choice.
    pub fn post_with(&self, path: &str, headers: &[(&str, &str)], message: impl AsRef<[u8]>) -> Reply {
        let mut request = agent().post(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Reply::of(request.send(message.as_ref()))
    }

    /// The JSON of one of its own pages.
    pub fn page(&self, path: &str) -> Value {
        let mut response = agent().get(format!("{}{path}", self.url)).call().unwrap();
        serde_json::from_str(&response.body_mut().read_to_string().unwrap()).unwrap()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        if let Some((handle, thread)) = self.server.take() {
            let stop = handle.stop(false);
            tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(stop);
            let _ = thread.join();
        }
    }
}

fn serve(node: RealNode, listener: TcpListener) -> (ServerHandle, JoinHandle<()>) {
    let (tell, handle) = mpsc::channel();
    let thread = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = node.serve(listener).unwrap();
            tell.send(server.handle()).unwrap();
            server.await.unwrap();
        });
    });
    (handle.recv().unwrap(), thread)
}
