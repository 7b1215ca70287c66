//! A real station: temporary database, port 0, a clock that stands still; and its client.

use std::net::TcpListener;
use std::sync::{Arc, Mutex, mpsc};
use std::thread::JoinHandle;

use actix_web::dev::ServerHandle;
use chrono::{DateTime, Utc};
use ec_station::archivist::Bounds;
use ec_station::domain::payment_request::{PaymentRequest, RequestId};
use ec_station::domain::position::DebtPosition;
use ec_station::domain::registry::Organization;
use ec_station::jobs::outbox::Leases;
use ec_station::settings::Settings;
use ec_station::station::{Clock, Station as RealStation};
use ec_station::store::{Filter, Kept, ListedReceipt, Save, Saved};
use ec_station::use_cases::payment_requests::{self, NewRequest};
use ec_station::use_cases::positions;

use crate::database::{Database, Engine};
use crate::given;
use crate::oracle;

/// A running station and what a test needs to talk to it and to look inside.
pub struct Station {
    url: String,
    real: RealStation,
    now: Arc<Mutex<DateTime<Utc>>>,
    runtime: tokio::runtime::Runtime,
    server: Option<(ServerHandle, JoinHandle<()>)>,
    database: Arc<Database>,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: ureq::http::HeaderMap,
    pub body: String,
}

impl Station {
    /// A station with the defaults and the fictional organizations.
    pub fn spawn() -> Station {
        Station::spawn_with(|_| ())
    }

    /// A station with other settings.
    pub fn spawn_with(change: impl FnOnce(&mut Settings)) -> Station {
        Station::spawn_on(Database::fresh(), change)
    }

    /// A station on an engine, for what is about that engine.
    pub fn spawn_on_engine(engine: Engine) -> Station {
        Station::spawn_on(Database::fresh_on(engine), |_| ())
    }

    /// A station on a database of the test's choice, with other settings.
    pub fn spawn_on(database: impl Into<Arc<Database>>, change: impl FnOnce(&mut Settings)) -> Station {
        Station::spawn_bounded(database, Bounds::default(), change)
    }

    /// The same with other bounds for what waits to come into the journal.
    pub fn spawn_bounded(
        database: impl Into<Arc<Database>>,
        bounds: Bounds,
        change: impl FnOnce(&mut Settings),
    ) -> Station {
        Station::spawn_at(TcpListener::bind("127.0.0.1:0").unwrap(), database, bounds, change)
    }

    /// The same on a port of the test's choice.
    pub fn spawn_at(
        listener: TcpListener,
        database: impl Into<Arc<Database>>,
        bounds: Bounds,
        change: impl FnOnce(&mut Settings),
    ) -> Station {
        Station::spawn_whole(listener, database.into(), bounds, Leases::default(), change)
    }

    /// A station with other leases in its outbox.
    pub fn spawn_leasing(
        database: impl Into<Arc<Database>>,
        leases: Leases,
        change: impl FnOnce(&mut Settings),
    ) -> Station {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        Station::spawn_whole(listener, database.into(), Bounds::default(), leases, change)
    }

    fn spawn_whole(
        listener: TcpListener,
        database: Arc<Database>,
        bounds: Bounds,
        leases: Leases,
        change: impl FnOnce(&mut Settings),
    ) -> Station {
        let mut settings = Settings::defaults();
        settings.database = database.url();
        change(&mut settings);
        let now = Arc::new(Mutex::new(given::today()));
        let ticking = now.clone();
        let clock = Clock::driven_by(move || *ticking.lock().unwrap());
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let real = runtime.block_on(RealStation::bounded(settings, clock, bounds, leases)).unwrap();
        runtime.block_on(real.store.import_organizations(&given::registry(), given::today())).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = Some(serve(real.clone(), listener));
        Station { url, real, now, runtime, server, database }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// What it keeps its data in.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Ends without a word, with everything that was on its way: nothing is finished, nothing is closed.
    pub fn killed(self) -> Arc<Database> {
        self.database.clone()
    }

    /// What it keeps its data in, for another one beside it.
    pub fn shared(&self) -> Arc<Database> {
        self.database.clone()
    }

    /// Ends in order: what is on its way is answered, what was begun is finished.
    pub fn closed(mut self) -> Arc<Database> {
        if let Some((handle, thread)) = self.server.take() {
            self.block_on(handle.stop(true));
            let _ = thread.join();
        }
        self.block_on(self.real.close());
        self.database.clone()
    }

    /// Brings organizations into its registry, or changes them there.
    pub fn register(&self, organizations: &[Organization]) {
        self.block_on(self.real.store.import_organizations(organizations, given::today())).unwrap();
    }

    /// Opens a payment request, as a caller of the front office does.
    pub fn open_payment_request(&self, new: NewRequest) -> PaymentRequest {
        self.block_on(payment_requests::open(&self.real, new, rand::random())).unwrap()
    }

    /// A payment request as it is kept.
    pub fn payment_request(&self, id: &RequestId) -> PaymentRequest {
        self.block_on(self.real.store.payment_request(id)).unwrap().unwrap()
    }

    /// Moves the clock.
    pub fn set_now(&self, now: DateTime<Utc>) {
        *self.now.lock().unwrap() = now;
    }

    /// Lets time pass on its clock.
    pub fn pass(&self, time: std::time::Duration) {
        *self.now.lock().unwrap() += time;
    }

    /// Takes in a registry.
    pub fn import(&self, organizations: &[Organization]) {
        self.block_on(self.real.store.import_organizations(organizations, given::today())).unwrap();
    }

    /// Stores a position with the state it has.
    pub fn load(&self, position: &DebtPosition) {
        let save = Save { now: given::today(), publish: false, history: true, dry_run: false };
        let saved = self.block_on(self.real.store.save_positions(std::slice::from_ref(position), &save)).unwrap();
        assert_eq!(saved, [Saved::Created]);
    }

    /// Stores a draft as a loader brings it, published if so asked.
    pub fn bring(&self, position: &DebtPosition, publish: bool) -> Saved {
        let save = Save { now: *self.now.lock().unwrap(), publish, history: false, dry_run: false };
        let saved = self.block_on(self.real.store.save_positions(std::slice::from_ref(position), &save)).unwrap();
        saved.into_iter().next().unwrap()
    }

    /// Stores what time has done to all positions, as the station does by itself.
    pub fn move_on(&self) {
        let now = *self.now.lock().unwrap();
        self.block_on(positions::move_on(&self.real.store, None, now)).unwrap();
    }

    /// Does something while somebody else stores what time has done.
    pub fn while_somebody_moves<T>(&self, work: impl FnOnce() -> T) -> T {
        let _turn = self.block_on(self.real.store.turn_to_move());
        work()
    }

    /// Brings together what was counted apart, as the station does by itself.
    pub fn count_together(&self) {
        while self.block_on(self.real.store.count_together()).unwrap() {}
    }

    /// Sends bytes as the Node does.
    pub fn post(&self, message: impl AsRef<[u8]>) -> Reply {
        self.post_to("/soap/paForNode", "text/xml; charset=utf-8", message)
    }

    /// Sends bytes with another path or type.
    pub fn post_to(&self, path: &str, content_type: &str, message: impl AsRef<[u8]>) -> Reply {
        let request = agent().post(format!("{}{path}", self.url)).header("Content-Type", content_type);
        Reply::of(request.send(message.as_ref()))
    }

    /// The anomalies that are open, the oldest first, as "KIND notice".
    pub fn anomalies(&self) -> Vec<String> {
        let filter = Filter { limit: 1000, ..Filter::default() };
        let anomalies = self.block_on(self.real.store.anomalies(&filter)).unwrap();
        let open = anomalies.iter().rev().filter(|a| a.closed_at.is_none());
        open.map(|a| format!("{} {}", a.kind, a.nav.as_deref().unwrap_or("-"))).collect()
    }

    /// The receipts that are stored, the oldest first.
    pub fn receipts(&self) -> Vec<ListedReceipt> {
        let filter = Filter { limit: 1000, ..Filter::default() };
        let mut receipts = self.block_on(self.real.store.receipts(&filter)).unwrap();
        receipts.reverse();
        receipts
    }

    /// The bytes of a stored receipt.
    pub fn raw_receipt(&self, id: i64) -> Vec<u8> {
        self.block_on(self.real.store.raw_receipt(Kept::Received, id)).unwrap().unwrap().bytes
    }

    /// A number from the database, where no command shows it.
    pub fn count(&self, sql: &str) -> i64 {
        self.database.count(sql)
    }

    /// A text from the database.
    pub fn text(&self, sql: &str) -> String {
        self.database.text(sql)
    }

    /// Bytes from the database.
    pub fn bytes(&self, sql: &str) -> Vec<u8> {
        self.database.bytes(sql)
    }

    fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }
}

impl Drop for Station {
    fn drop(&mut self) {
        if let Some((handle, thread)) = self.server.take() {
            self.runtime.block_on(handle.stop(false));
            let _ = thread.join();
        }
    }
}

fn serve(station: RealStation, listener: TcpListener) -> (ServerHandle, JoinHandle<()>) {
    let (tell, handle) = mpsc::channel();
    let thread = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = station.serve(listener).unwrap();
            tell.send(server.handle()).unwrap();
            server.await.unwrap();
        });
    });
    (handle.recv().unwrap(), thread)
}

/// A client that takes every status as an answer.
pub fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).build().into()
}

impl Reply {
    /// Reads a reply. Whatever has a body is judged by the validator here, so that no test can forget it.
    pub fn of(response: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Reply {
        let mut response = response.expect("the station answers");
        let body = response.body_mut().read_to_string().expect("the reply is UTF-8");
        let reply = Reply { status: response.status().as_u16(), headers: response.headers().clone(), body };
        if reply.header("content-type").is_some_and(|kind| kind.starts_with("text/xml")) {
            let verdict = oracle::shared().reply(reply.body.as_bytes());
            assert_eq!(verdict, Ok(()), "the reply breaks the contract:\n{}", reply.body);
        }
        reply
    }

    /// `OK`, the fault code of a KO, `Fault <code>`, or the status where nothing was said.
    pub fn outcome(&self) -> String {
        match (self.element("outcome").as_deref(), self.element("faultCode"), self.element("faultcode")) {
            (Some("OK"), None, None) if self.status == 200 => "OK".into(),
            (Some("KO"), Some(code), None) if self.status == 200 => code,
            (None, None, Some(code)) if self.status == 500 => format!("Fault {}", code.split(':').next_back().unwrap()),
            _ if self.body.is_empty() || self.status == 404 => self.status.to_string(),
            _ => format!("{} with {}", self.status, self.body),
        }
    }

    /// The text of the first element of a name, as it stands in the bytes.
    pub fn element(&self, name: &str) -> Option<String> {
        self.elements(name).into_iter().next()
    }

    /// The texts of all elements of a name.
    pub fn elements(&self, name: &str) -> Vec<String> {
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        let rest = self.body.split(&open).skip(1);
        rest.map(|rest| rest.split(&close).next().unwrap().to_owned()).collect()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}
