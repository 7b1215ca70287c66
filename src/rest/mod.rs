//! HTTP beside SOAP: today the health of the station; the operators' API comes to live here.

mod health;

use actix_web::web::{self, ServiceConfig};

/// The routes of this folder.
pub fn routes(config: &mut ServiceConfig) {
    config.route("/health/live", web::get().to(health::live)).route("/health/ready", web::get().to(health::ready));
}
