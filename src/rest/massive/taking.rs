//! `POST`, `PUT` and `DELETE /file`: 202 once the file is safe.

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{LOCATION, RETRY_AFTER};
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use std::pin::Pin;

use super::super::Answer;
use super::form::{Form, form_of};
use super::{BrokerPath, Operator, Problem, owner};
use crate::domain::upload::{Operation, Order};
use crate::intake::upload::BadUpload;
use crate::station::Station;
use crate::use_cases::uploads::{NotReceived, receive};

/// When it is worth asking how far it is.
const RETRY: &str = "1000 ms";

/// A call that brings a file. Whatever is wrong with it is said only when all of it was read: the client would see its
/// connection reset instead.
pub(super) struct Brought {
    station: web::Data<Station>,
    broker: String,
    operator: Result<Operator, Problem>,
    form: Result<Form, Problem>,
}

impl FromRequest for Brought {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Brought, actix_web::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let station = web::Data::<Station>::extract(&request).await?;
            let path = web::Path::<BrokerPath>::extract(&request).await?;
            let operator = Operator::extract(&request).await;
            let form = form_of(&request, payload, station.settings.limits.receive).await;
            Ok(Brought { station, broker: path.into_inner().broker, operator, form })
        })
    }
}

/// Takes a file.
pub(super) async fn take(operation: Operation, brought: Brought) -> Answer {
    let Brought { station, broker, operator, form } = brought;
    let operator = operator?;
    let owner = owner(&station, &operator, broker).await?;
    let Form { name, file } = form?;
    if !name.ends_with(".zip") {
        return Err(bad("NOT A ZIP FILE", "Only ZIP files can be uploaded."));
    }
    let order = Order { owner, operation, codes: operator.codes, by: operator.by };
    let id = receive(&station, &order, file).await.map_err(not_received)?;
    let (broker, organization) = (&order.owner.broker, &order.owner.organization);
    let place = format!("brokers/{broker}/organizations/{organization}/debtpositions/file/{id}/status");
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
