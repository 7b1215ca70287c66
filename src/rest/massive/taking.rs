//! `POST`, `PUT` and `DELETE /file`: 202 once the file is safe.

use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{LOCATION, RETRY_AFTER};
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};

use super::super::Answer;
use super::form::{Form, form_of};
use super::{BrokerPath, Operator, Problem, owner};
use crate::domain::upload::{Operation, Order, Owner};
use crate::intake::upload::BadUpload;
use crate::reception::Measured;
use crate::station::Station;
use crate::use_cases::uploads::{NotReceived, new_id, receive};

/// Largest request.
const MOST_BYTES: usize = 104_857_600;
/// When it is worth asking how far it is.
const RETRY: &str = "1000 ms";

/// A call that brings a file, by somebody who may. Whatever is wrong with it is said only when all of it was read: the
/// client would see its connection reset instead.
pub(super) struct Brought {
    station: web::Data<Station>,
    operator: Operator,
    owner: Owner,
    form: Form,
}

impl FromRequest for Brought {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Brought, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let station = request.app_data::<web::Data<Station>>().expect("every route has a station").clone();
        let body = Measured::new(payload.take(), MOST_BYTES, station.settings.limits.receive);
        let request = request.clone();
        Box::pin(async move {
            let brought = brought(&request, station, body.clone()).await;
            body.drain().await;
            brought
        })
    }
}

async fn brought(request: &HttpRequest, station: web::Data<Station>, body: Measured) -> Result<Brought, Problem> {
    let operator = Operator::extract(request).await?;
    let BrokerPath { broker } = web::Path::<BrokerPath>::extract(request).await.map_err(|_| odd_path())?.into_inner();
    if ![broker.as_str(), operator.organization.as_str()].into_iter().all(is_a_name) {
        return Err(odd_path());
    }
    let owner = owner(&station, &operator, broker).await?;
    let form = form_of(request, body).await?;
    Ok(Brought { station, operator, owner, form })
}

fn is_a_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

fn odd_path() -> Problem {
    Problem::bad_request(r#"broker and organization must match "[\w-]+""#)
}

/// Takes a file.
pub(super) async fn take(operation: Operation, brought: Brought) -> Answer {
    let Brought { station, operator, owner, form: Form { name, file } } = brought;
    if !name.ends_with(".zip") {
        return Err(bad("NOT A ZIP FILE", "Only ZIP files can be uploaded."));
    }
    let order = Order { owner, operation, codes: operator.codes, by: operator.by };
    let id = new_id(&order.owner);
    let (broker, organization) = (&order.owner.broker, &order.owner.organization);
    let place = format!("brokers/{broker}/organizations/{organization}/debtpositions/file/{id}/status");
    receive(&station, &order, &id, file).await.map_err(not_received)?;
    Ok(HttpResponse::Accepted().insert_header((LOCATION, place)).insert_header((RETRY_AFTER, RETRY)).finish())
}

fn bad(title: &'static str, detail: impl Into<String>) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, title, detail)
}

fn not_received(error: NotReceived) -> Problem {
    let title = match &error {
        NotReceived::Bad(BadUpload::Io(_)) | NotReceived::Store(_) => {
            return Problem::failure("INTERNAL SERVER ERROR", &error);
        }
        NotReceived::Bad(BadUpload::Damaged) => "UNZIP ERROR",
        NotReceived::Bad(BadUpload::Json(_)) => "INVALID JSON",
        NotReceived::Bad(BadUpload::Invalid(_)) => "INVALID DEBT POSITIONS",
        NotReceived::Bad(_) => "INVALID FILE",
    };
    bad(title, error.to_string())
}
