//! What the head of a SOAP request says of its body.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::http::header;

/// A2: XML or nothing said; gives the charset. A compressed body is a type that we do not take either.
pub(crate) fn content_type(request: &HttpRequest) -> Result<Option<String>, StatusCode> {
    let headers = request.headers();
    if headers.get(header::CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity") {
        return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    let Some(value) = headers.get(header::CONTENT_TYPE) else { return Ok(None) };
    let value = value.to_str().map_err(|_| StatusCode::UNSUPPORTED_MEDIA_TYPE)?;
    let mut parts = value.split(';');
    let kind = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
    if !matches!(kind.as_str(), "text/xml" | "application/xml") {
        return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    let charset =
        parts.filter_map(|part| part.split_once('=')).find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"));
    Ok(charset.map(|(_, value)| value.trim().trim_matches('"').to_owned()))
}

/// The SOAPAction, without the quotes it usually has; none when it is absent or empty.
pub(crate) fn soap_action(request: &HttpRequest) -> Option<&str> {
    let action = request.headers().get("SOAPAction")?.to_str().ok()?.trim().trim_matches('"');
    (!action.is_empty()).then_some(action)
}
