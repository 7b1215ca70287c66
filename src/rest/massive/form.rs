//! The form that brings a file, read into a temporary one as it comes: bounded in size and in time, and never in memory.

use actix_multipart::Multipart;
use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use futures_util::StreamExt;
use tokio::io::AsyncWriteExt;

use super::Problem;
use crate::reception::Measured;

/// What came in the field `file`.
pub(super) struct Form {
    /// The name that the client gives the file.
    pub(super) name: String,
    /// Its content; gone when nobody holds it any more.
    pub(super) file: std::fs::File,
}

/// Reads the form of a request.
pub(super) async fn form_of(request: &HttpRequest, body: Measured) -> Result<Form, Problem> {
    match read(request, body.clone()).await {
        // The multipart reader hides why its source ended.
        Err(_) if body.is_too_large() => Err(Problem::Bare(StatusCode::PAYLOAD_TOO_LARGE)),
        Err(_) if body.is_too_slow() => Err(Problem::Bare(StatusCode::REQUEST_TIMEOUT)),
        form => form,
    }
}

async fn read(request: &HttpRequest, body: Measured) -> Result<Form, Problem> {
    use actix_multipart::MultipartError::{ContentTypeIncompatible, ContentTypeMissing, ContentTypeParse};
    let mut parts = Multipart::new(request.headers(), body);
    let mut form = None;
    while let Some(part) = parts.next().await {
        let mut part = part.map_err(|error| match error {
            ContentTypeIncompatible | ContentTypeMissing | ContentTypeParse => {
                Problem::Bare(StatusCode::UNSUPPORTED_MEDIA_TYPE)
            }
            _ => broken(),
        })?;
        if part.name() != Some("file") || form.is_some() {
            continue;
        }
        let name = part.content_disposition().and_then(|about| about.get_filename()).unwrap_or_default().to_owned();
        let file = tempfile::tempfile().map_err(|cause| failed(&cause))?;
        let mut file = tokio::fs::File::from_std(file);
        while let Some(bytes) = part.next().await {
            file.write_all(&bytes.map_err(|_| broken())?).await.map_err(|cause| failed(&cause))?;
        }
        file.flush().await.map_err(|cause| failed(&cause))?;
        form = Some(Form { name, file: file.into_std().await });
    }
    form.ok_or_else(|| Problem::new(StatusCode::BAD_REQUEST, "EMPTY FILE", "The zip file is missing"))
}

fn broken() -> Problem {
    Problem::bad_request("The multipart form is broken")
}

fn failed(cause: &std::io::Error) -> Problem {
    Problem::failure("INTERNAL SERVER ERROR", cause)
}
