//! What pages look like: a sheet of styles, the typeface of the Italian public administration, an icon. All of it is part
//! of the program.

use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS};
use sha2::{Digest, Sha256};

const SHEET_NAME: &str = "page.css";
const STYLE: &str = include_str!("assets/page.css");

/// Name, type and bytes of each.
const ASSETS: &[(&str, &str, &[u8])] = &[
    (SHEET_NAME, "text/css; charset=utf-8", STYLE.as_bytes()),
    ("icon.svg", "image/svg+xml", include_bytes!("assets/icon.svg")),
    ("titillium-web-400.woff2", "font/woff2", include_bytes!("assets/titillium-web-400.woff2")),
    ("titillium-web-600.woff2", "font/woff2", include_bytes!("assets/titillium-web-600.woff2")),
    ("titillium-web-700.woff2", "font/woff2", include_bytes!("assets/titillium-web-700.woff2")),
    ("OFL.txt", "text/plain; charset=utf-8", include_bytes!("assets/OFL.txt")),
];

/// What tells one version of all of them from another: a browser may keep an asset for a year.
pub(super) static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut digest = Sha256::new();
    ASSETS.iter().for_each(|(_, _, bytes)| digest.update(bytes));
    digest.finalize().iter().take(4).map(|byte| format!("{byte:02x}")).collect()
});

/// The styles, which ask for this version of the typeface.
static SHEET: LazyLock<String> = LazyLock::new(|| STYLE.replace(".woff2\")", &format!(".woff2?v={}\")", *VERSION)));

/// One of them.
pub(super) fn asset(name: &str) -> Option<HttpResponse> {
    let (name, kind, bytes) = ASSETS.iter().find(|(known, ..)| *known == name)?;
    let answer = HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .content_type(*kind)
        .body(if *name == SHEET_NAME { SHEET.as_bytes() } else { bytes });
    Some(answer)
}
