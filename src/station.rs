//! One running station: its store, its settings and its clock.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::{App, HttpServer, web};
use chrono::{DateTime, Utc};
use tracing::error;

use crate::archivist::{Archivist, Bounds};
use crate::domain::taxonomy::Catalogue;
use crate::jobs::metering::Metering;
use crate::jobs::outbox::{Leases, Outbox};
use crate::jobs::time::Timekeeper;
use crate::jobs::uploads::Jobs;
use crate::keyring::Keyring;
use crate::lately::Lately;
use crate::metering::Meter;
use crate::outbox::Courier;
use crate::platform::checkout::Checkout;
use crate::settings::Settings;
use crate::store::{Store, StoreError};
use crate::telemetry::chain;
use crate::{pay, rest, soap};

/// Tells the time. The rules take "now" as an argument; this is where it comes from.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>);

impl Clock {
    /// The machine's clock.
    pub fn system() -> Clock {
        Clock(Arc::new(Utc::now))
    }

    /// A clock that a test moves by hand.
    pub fn driven_by(now: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Clock {
        Clock(Arc::new(now))
    }

    /// The time.
    pub fn now(&self) -> DateTime<Utc> {
        (self.0)()
    }
}

/// What every part of a running station shares. Cheap to clone.
#[derive(Clone)]
pub struct Station {
    /// Positions, receipts, registry.
    pub store: Store,
    /// The way to the journal, for what no transaction brings there itself.
    pub archivist: Archivist,
    /// The way to what stores the passing of time.
    timekeeper: Timekeeper,
    /// The way to what the station does by itself.
    pub jobs: Jobs,
    /// The way to whoever carries messages to the outside world.
    pub outbox: Outbox,
    /// Who may call the operators' API, and the front office.
    pub keys: Keyring,
    /// How often the accounts of the front office call.
    pub meter: Meter,
    /// The way to what writes that down.
    metering: Metering,
    /// Where citizens are sent to pay; none: nobody can pay on the page.
    pub checkout: Option<Checkout>,
    /// How the station was told to behave.
    pub settings: Arc<Settings>,
    /// The time.
    pub clock: Clock,
    /// The taxonomy, as it was a few seconds ago.
    taxonomy: Lately<Option<Arc<Catalogue>>>,
}

/// How soon a change of the taxonomy takes effect.
const TAXONOMY_LIFE: Duration = Duration::from_secs(5);

impl Station {
    /// The taxonomy codes in force, when a catalogue was imported.
    pub async fn catalogue(&self) -> Result<Option<Arc<Catalogue>>, StoreError> {
        let read = async || {
            let entries = self.store.taxonomy().await?;
            Ok((!entries.is_empty()).then(|| Arc::new(Catalogue::from_iter(entries))))
        };
        self.taxonomy.get(TAXONOMY_LIFE, read).await
    }

    /// Opens the store; the station can then answer.
    pub async fn build(settings: Settings, clock: Clock) -> Result<Station, StoreError> {
        Station::bounded(settings, clock, Bounds::default(), Leases::default()).await
    }

    /// The same with other bounds for what waits to come into the journal, and other leases in the outbox.
    pub async fn bounded(
        settings: Settings,
        clock: Clock,
        bounds: Bounds,
        leases: Leases,
    ) -> Result<Station, StoreError> {
        let store = Store::open(&settings.database, &settings.pools).await?.crediting(settings.quota.payment_credit);
        if let Err(cause) = store.settle_waiting(None, clock.now()).await {
            error!(cause = chain(&cause), "receipts could not be brought together with positions that came after them");
        }
        let archivist = Archivist::start(&store, bounds);
        let timekeeper = Timekeeper::start(&store, clock.clone());
        let keys = Keyring::new(store.clone(), settings.api.clone());
        let meter = Meter::new(store.clone(), settings.quota.clone());
        let metering = Metering::start(&store, meter.clone(), clock.clone());
        let (jobs, task) = Jobs::new();
        let outbox = {
            let store = store.of_a_task();
            let courier = Courier::new(store.clone(), settings.outbox.clone());
            Outbox::start(store, courier, clock.clone(), leases)
        };
        let checkout = Checkout::of(&settings.pay).unwrap_or_else(|cause| {
            error!(cause = chain(&cause), "nobody can pay on the page");
            None
        });
        let settings = Arc::new(settings);
        let taxonomy = Lately::default();
        let station = Station {
            store,
            archivist,
            timekeeper,
            jobs,
            outbox,
            keys,
            meter,
            metering,
            checkout,
            settings,
            clock,
            taxonomy,
        };
        task.start(Station { store: station.store.of_a_task(), ..station.clone() });
        Ok(station)
    }

    /// Writes what still waits to be written, and closes the store.
    pub async fn close(&self) {
        self.metering.close().await;
        self.timekeeper.close().await;
        self.jobs.close().await;
        // The outbox may wait for receivers: what the journal still has in memory does not wait with it.
        tokio::join!(self.outbox.close(), self.archivist.close());
        self.store.close().await;
    }

    /// Serves on a port that is already open. The returned server runs when awaited. On SIGTERM it answers the
    /// requests in flight before it ends, on SIGINT (Ctrl-C) it ends at once.
    pub fn serve(&self, listener: TcpListener) -> std::io::Result<Server> {
        let station = web::Data::new(self.clone());
        let head_patience = self.settings.limits.receive;
        let server = HttpServer::new(move || {
            App::new().app_data(station.clone()).configure(soap::routes).configure(pay::routes).configure(rest::routes)
        });
        Ok(server.client_request_timeout(head_patience).shutdown_timeout(20).listen(listener)?.run())
    }
}
