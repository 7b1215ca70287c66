//! The operators' API in JSON, wire-compatible with PagoPA's GPD, and the health of the station. No SQL, no rules.
//!
//! Each surface of GPD is a folder or file that adds its resources to a configuration; [`routes`] mounts it wherever
//! GPD's clients look for it: in the layout of GPD's own service and in that of the gateway before it (`gpd-api` 1).
//! `gate` says who calls, `operator` for whom and whether they may, `query` and `body` read what comes, `problem` puts
//! every "no" in GPD's words, `idempotency` carries out once what is sent twice, `docs` tells it all to whoever reads.

mod anomalies;
mod asked;
mod body;
mod choices;
mod denials;
mod docs;
mod gate;
mod health;
mod idempotency;
mod info;
mod massive;
mod operator;
mod options;
mod paper;
mod paths;
mod positions;
mod problem;
mod query;
mod receipts;
mod registry;
mod request_id;
mod times;
mod v3;
mod webhooks;

use actix_web::dev::HttpServiceFactory;
use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, Resource};

use self::operator::Surface;
use self::problem::Problem;
use crate::domain::position::ServiceType;

/// What a handler gives.
type Answer = Result<HttpResponse, Problem>;

/// What a surface adds to its mount points.
type Resources = fn(&mut ServiceConfig);

/// Where GPD's gateway publishes each surface (layout `apim`).
const PUBLISHED: &[(&str, Option<ServiceType>, &[Resources])] = &[
    (
        "/gpd/debt-positions-service/v1",
        None,
        &[
            positions::resources,
            options::paids,
            choices::resources,
            receipts::kept::resources,
            anomalies::resources,
            webhooks::resources,
            paper::resources,
        ],
    ),
    ("/gpd/debt-positions-service/v2", None, &[positions::in_bulk]),
    ("/gpd/debt-positions-service/v3", None, &[v3::resources]),
    (
        "/gpd/api/v1",
        None,
        &[
            positions::all,
            options::paids,
            options::resources,
            receipts::kept::resources,
            anomalies::resources,
            webhooks::resources,
            paper::resources,
        ],
    ),
    ("/gpd/api/v2", None, &[positions::all_in_bulk, options::paids, options::resources]),
    ("/gpd/payments-receipts-service/v1", None, &[receipts::resources]),
    ("/upload/gpd/debt-positions-service/v1", None, &[massive::v1]),
    ("/upload/gpd/debt-positions-service/v2", None, &[massive::v2]),
    ("/aca/debt-positions-service/v1", Some(ServiceType::Aca), &[positions::of_archive, options::paids]),
    ("/pn-integration-gpd/api/v1", None, &[options::of_notifications]),
];

/// What GPD's services have at their root (layout `local`).
const LOCAL: &[Resources] = &[
    positions::all,
    options::paids,
    options::resources,
    choices::resources,
    v3::below_root,
    massive::local,
    receipts::resources,
    receipts::kept::resources,
    anomalies::resources,
    webhooks::resources,
    paper::resources,
    registry::resources,
];

/// The routes of this folder.
pub fn routes(config: &mut ServiceConfig) {
    config.route("/health/live", web::get().to(health::live)).route("/health/ready", web::get().to(health::ready));
    config.configure(docs::routes);
    for (path, service, resources) in PUBLISHED {
        config.service(surface(path, *service, resources));
    }
    for path in ["/gpd/debt-positions-service/info", "/v1/info", "/v2/info"] {
        config.route(path, web::get().to(info::info));
    }
    config.service(surface("", None, LOCAL));
}

/// A mount point, and the kind of service its positions belong to, where the gateway says so.
fn surface(path: &str, service: Option<ServiceType>, resources: &[Resources]) -> impl HttpServiceFactory + 'static {
    let guarded = web::scope("").app_data(web::Data::new(Surface { service }));
    let guarded = resources.iter().fold(guarded, |scope, add| scope.configure(add));
    let guarded = guarded.default_service(web::to(problem::unknown_url)).wrap(from_fn(gate::gate));
    web::scope(path)
        .service(resource("/info").route(web::get().to(info::info)))
        .service(guarded)
        .wrap(from_fn(request_id::echo))
}

/// A number in the path.
fn number_in_path(name: &str, text: &str) -> Result<i64, Problem> {
    let shown = || Problem::bad_request(format!("Invalid value {} for property {name}", crate::intake::shown(text)));
    text.parse().map_err(|_| shown())
}

/// A resource that says which methods it lacks, as GPD does.
fn resource(path: &str) -> Resource {
    web::resource(path).default_service(web::to(problem::wrong_method))
}
