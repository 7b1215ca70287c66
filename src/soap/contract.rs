//! Serves the contract, so that any SOAP toolkit can build a client from the station's own URL.

use actix_web::guard::{Guard, GuardContext};
use actix_web::{HttpRequest, HttpResponse, web};
use tracing::info;

use crate::station::Station;
use crate::xml::escape_attribute;

const WSDL: &str = include_str!("../../wsdl/paForNode.wsdl");
const XSD_MESSAGES: &str = include_str!("../../xsd/paForNode.xsd");
const XSD_COMMON: &str = include_str!("../../xsd/commonTypes.xsd");

/// The address in the file, which the station replaces by its own.
const PLACEHOLDER: &str = "http://localhost:8080/soap/paForNode";

/// Whether a request ends in `?wsdl`, as toolkits spell it.
pub(crate) fn asks_for_wsdl() -> impl Guard {
    actix_web::guard::fn_guard(|context: &GuardContext<'_>| {
        context.head().uri.query().is_some_and(|query| query.eq_ignore_ascii_case("wsdl"))
    })
}

/// The WSDL with the station's own address: the configured one, else the one it was called by.
pub(super) async fn wsdl(request: HttpRequest, station: web::Data<Station>) -> HttpResponse {
    let base = station.settings.public_url.clone().unwrap_or_else(|| {
        let connection = request.connection_info();
        format!("{}://{}", connection.scheme(), connection.host())
    });
    let address = format!("{base}{}", request.path());
    document(&request, WSDL.replace(PLACEHOLDER, &escape_attribute(&address)))
}

/// The schemas that the WSDL and they themselves import.
pub(super) async fn xsd(request: HttpRequest, file: web::Path<String>) -> HttpResponse {
    match file.as_str() {
        "paForNode.xsd" => document(&request, XSD_MESSAGES.into()),
        "commonTypes.xsd" => document(&request, XSD_COMMON.into()),
        _ => HttpResponse::NotFound().finish(),
    }
}

fn document(request: &HttpRequest, text: String) -> HttpResponse {
    info!(status = 200, path = request.path(), "served the contract");
    HttpResponse::Ok().content_type("text/xml; charset=utf-8").body(text)
}
