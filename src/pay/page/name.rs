//! Say which notice a request is for.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::answer::see_other;
use super::forms::TypedNotice;
use super::show::{said_of, which_again};
use super::visitor::Visitor;
use super::{down, find, form};
use crate::station::Station;
use crate::use_cases::Error;
use crate::use_cases::payment_requests::{self, NoRequest};

/// `POST /payment/{id}/notice`. A request has one notice: where it is known already, the page shows that one.
pub(super) async fn name(
    station: Data<Station>,
    request: HttpRequest,
    id: Path<String>,
    mut payload: Payload,
) -> HttpResponse {
    let visitor = Visitor::of(&station.settings, &request);
    let form = match form(&station, &visitor, &request, &mut payload).await {
        Ok(form) => form,
        Err(page) => return page,
    };
    let found = match find(&station, &visitor, &id).await {
        Ok(found) => found,
        Err(page) => return page,
    };
    let page = || see_other(&format!("{}{}", visitor.page(&found.id), visitor.query()));
    if found.notice.is_some() {
        return page();
    }
    let texts = visitor.language.texts();
    let typed = TypedNotice::of(&form);
    let faults = match typed.notice(texts) {
        Ok(notice) => match payment_requests::name_notice(&station, &found, &notice).await {
            Ok(_) => return page(),
            Err(NoRequest::TooMany) => typed.refused(texts.too_many_requests),
            Err(NoRequest::Other(Error::Refused(refusal))) => typed.refused(said_of(&refusal, texts).text),
            Err(NoRequest::Other(Error::Store(cause))) => return down(&visitor, &cause),
        },
        Err(faults) => faults,
    };
    which_again(&visitor, &found, StatusCode::UNPROCESSABLE_ENTITY, typed, faults)
}
