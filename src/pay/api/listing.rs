//! `GET /pay`: the requests of an account, the newest first, by pages for whoever asks for pages.

use actix_web::http::header::{HeaderValue, LINK};
use actix_web::{HttpRequest, web};

use super::Answer;
use super::account::Account;
use super::envelope::success;
use super::problem::Problem;
use crate::domain::payment_request::PaymentRequest;
use crate::pay::wire;
use crate::station::Station;

/// Requests in an answer at the most, and unless the caller wants fewer.
const MOST: usize = 1000;

pub(super) async fn list(account: Account, request: HttpRequest, station: web::Data<Station>) -> Answer {
    let asked = Asked::read(request.query_string())?;
    let after = match &asked.before {
        None => None,
        Some(id) => Some(own(&station, &account, id).await?.ok_or_else(|| {
            Problem::bad_request("before names no request of this account: give the last _id of a page")
        })?),
    };
    // One more than is shown tells whether there is another page.
    let found = station.store.payment_requests(&account.name, after.as_ref(), asked.limit as i64 + 1).await;
    let mut found = found.map_err(|cause| Problem::failure(&cause))?;
    let more = found.len() > asked.limit;
    found.truncate(asked.limit);
    let mut answer = success(found.iter().map(wire::line).collect::<Vec<_>>(), "");
    if let (true, Some(last)) = (more, found.last()) {
        let next = format!("<?limit={}&before={}>; rel=\"next\"", asked.limit, last.id);
        answer.headers_mut().insert(LINK, HeaderValue::try_from(next).map_err(|error| Problem::failure(&error))?);
    }
    Ok(answer)
}

/// Which requests are asked for.
struct Asked {
    limit: usize,
    before: Option<String>,
}

impl Asked {
    fn read(query: &str) -> Result<Asked, Problem> {
        let mut asked = Asked { limit: MOST, before: None };
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "limit" => {
                    let limit = value.parse().ok().filter(|limit| (1..=MOST).contains(limit));
                    asked.limit = limit.ok_or_else(|| {
                        Problem::bad_request(format!("limit must be a whole number from 1 to {MOST}"))
                    })?;
                }
                "before" => asked.before = Some(value.into_owned()),
                _ => {}
            }
        }
        Ok(asked)
    }
}

/// A request of an account; another's is as unknown as one that is not there.
pub(super) async fn own(station: &Station, account: &Account, id: &str) -> Result<Option<PaymentRequest>, Problem> {
    let Ok(id) = id.parse() else { return Ok(None) };
    let found = station.store.payment_request(&id).await.map_err(|cause| Problem::failure(&cause))?;
    Ok(found.filter(|request| request.account == account.name))
}
