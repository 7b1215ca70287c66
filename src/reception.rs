//! How the body of a request comes in, whoever asked for it: bounded in size and time.

use std::time::Duration;

use actix_web::error::PayloadError;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;
use futures_util::{Stream, StreamExt};

/// All the bytes, unless they are too many or too slow. A client that is told so while it is still sending would see its
/// connection reset instead: what it has on the way is read and dropped, up to a few times the limit.
pub(crate) async fn bytes_of(
    payload: &mut (impl Stream<Item = Result<Bytes, PayloadError>> + Unpin),
    most: usize,
    patience: Duration,
) -> Result<Vec<u8>, StatusCode> {
    tokio::time::timeout(patience, gather(payload, most)).await.unwrap_or(Err(StatusCode::REQUEST_TIMEOUT))
}

async fn gather(
    payload: &mut (impl Stream<Item = Result<Bytes, PayloadError>> + Unpin),
    most: usize,
) -> Result<Vec<u8>, StatusCode> {
    let mut bytes = Vec::new();
    let mut received = 0usize;
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| StatusCode::BAD_REQUEST)?;
        received += chunk.len();
        if received <= most {
            bytes.extend_from_slice(&chunk);
        } else if received > most.saturating_mul(8) {
            break;
        } else {
            bytes = Vec::new();
        }
    }
    if received > most { Err(StatusCode::PAYLOAD_TOO_LARGE) } else { Ok(bytes) }
}
