//! `X-Request-Id` comes back, or is made where none came (`gpd-api` 2).

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;

const NAME: HeaderName = HeaderName::from_static("x-request-id");

/// Puts the id of the request on its response.
pub(super) async fn echo<B: MessageBody>(request: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<B>, Error> {
    let given = request.headers().get(&NAME).cloned();
    let id = given.or_else(|| HeaderValue::from_str(&uuid::Uuid::new_v4().to_string()).ok());
    let mut response = next.call(request).await?;
    if let Some(id) = id {
        response.headers_mut().insert(NAME, id);
    }
    Ok(response)
}
