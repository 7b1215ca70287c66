//! The payment front office: `/pay` for portals, shops and private post offices, and the page where citizens pay
//! (`domain` 11). No SQL, no rules.

mod address;
mod api;
mod page;
pub mod wire;

use actix_web::web::ServiceConfig;

pub use self::api::{Opening, read_opening};

/// The routes of this folder.
pub fn routes(config: &mut ServiceConfig) {
    config.configure(api::routes).configure(page::routes);
}
