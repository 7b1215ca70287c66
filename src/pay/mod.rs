//! The payment front office: `/pay` for portals, shops and private post offices, and the page where citizens pay
//! (`domain` 11). No SQL, no rules.

mod address;
mod page;

use actix_web::web::ServiceConfig;

/// The routes of this folder.
pub fn routes(config: &mut ServiceConfig) {
    config.configure(page::routes);
}
