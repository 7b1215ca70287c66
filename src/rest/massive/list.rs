//! `GET /files`: the uploads of some days, the newest first, a page at a time.

use actix_web::http::StatusCode;
use actix_web::http::header::HeaderName;
use actix_web::{HttpRequest, HttpResponse, web};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, SecondsFormat, TimeZone, Utc};
use chrono_tz::Europe::Rome;

use super::super::Answer;
use super::super::query::Query;
use super::model::Files;
use super::{BrokerPath, Operator, Problem, owner};
use crate::domain::upload::{BadRange, days};
use crate::station::Station;
use crate::store::UploadPage;

/// Where the next page begins: in an answer, and in the request for it.
const CONTINUATION: HeaderName = HeaderName::from_static("x-continuation-token");

/// Lists uploads.
pub(super) async fn list(
    request: HttpRequest,
    station: web::Data<Station>,
    operator: Operator,
    path: web::Path<BrokerPath>,
    query: Query,
) -> Answer {
    let owner = owner(&station, &operator, path.into_inner().broker).await?;
    let today = station.clock.now().with_timezone(&Rome).date_naive();
    let (from, to) = range(day(&query, "from")?, day(&query, "to")?, today)?;
    let size = query.text("size").map_or(Ok(100), |text| text.parse().map_err(|_| ()));
    let size: i64 = size
        .ok()
        .filter(|size| (100..=500).contains(size))
        .ok_or_else(|| bad("Invalid size: must be between 100 and 500 (default 100)"))?;
    let token = request.headers().get(CONTINUATION).and_then(|token| token.to_str().ok());
    let token = token.filter(|token| !token.is_empty());
    let after = token.map(|token| place(token).ok_or_else(|| bad("Invalid continuation token"))).transpose()?;
    let end = midnight(to.succ_opt().unwrap_or(to));
    let (to, before) = match &after {
        Some((at, id)) => ((*at).min(end), id.as_str()),
        None => (end, ""),
    };
    let page = UploadPage { from: midnight(from), to, before, limit: size + 1 };
    let found = station.store.uploads(&owner, &operator.codes, page).await;
    let mut found = found.map_err(|cause| Problem::failure("INTERNAL SERVER ERROR", &cause))?;
    let more = found.len() as i64 > size;
    found.truncate(size as usize);
    let mut answer = HttpResponse::Ok();
    if let Some(last) = found.last().filter(|_| more) {
        answer.insert_header((CONTINUATION, token_of(last)));
    }
    let file_ids: Vec<_> = found.into_iter().map(|(id, _)| id).collect();
    Ok(answer.json(Files { size: file_ids.len(), file_ids, has_more: more }))
}

fn bad(detail: impl Into<String>) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", detail)
}

fn day(query: &Query, name: &str) -> Result<Option<NaiveDate>, Problem> {
    let parse = |text| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(is_of_our_era);
    let wrong = || bad(format!("Invalid '{name}' date. Expected format: YYYY-MM-DD"));
    query.text(name).map(|text| parse(text).ok_or_else(wrong)).transpose()
}

/// Whether a year has the four digits that every engine can compare.
fn is_of_our_era(day: &impl Datelike) -> bool {
    (1..=9999).contains(&day.year())
}

fn range(from: Option<NaiveDate>, to: Option<NaiveDate>, today: NaiveDate) -> Result<(NaiveDate, NaiveDate), Problem> {
    days(from, to, today).map_err(|why| match why {
        BadRange::Length => bad("Invalid range: ensure 1 ≤ (to - from + 1) ≤ 7 and from ≤ to"),
        BadRange::BeginsTooEarly(cutoff) => {
            bad(format!("Requested 'from' is older than the 60-day retention (cutoff {cutoff}). Use from >= {cutoff}."))
        }
        BadRange::Forgotten(cutoff) => Problem::new(
            StatusCode::GONE,
            "GONE",
            format!(
                "Requested range is older than the 60-day retention (cutoff {cutoff}): data has been purged and is no \
                 longer available."
            ),
        ),
    })
}

/// When a day begins in Rome. No change of the clock ever fell on midnight there since there are uploads.
fn midnight(day: NaiveDate) -> DateTime<Utc> {
    let local = day.and_time(NaiveTime::MIN);
    Rome.from_local_datetime(&local).earliest().map_or_else(|| local.and_utc(), |at| at.to_utc())
}

/// The last upload of a page, as text that means nothing to a client.
fn token_of((id, at): &(String, DateTime<Utc>)) -> String {
    BASE64.encode(format!("{} {id}", at.to_rfc3339_opts(SecondsFormat::Nanos, true)))
}

/// The upload that a token names.
fn place(token: &str) -> Option<(DateTime<Utc>, String)> {
    let text = String::from_utf8(BASE64.decode(token).ok()?).ok()?;
    let (at, id) = text.split_once(' ')?;
    let at = at.parse().ok().filter(is_of_our_era)?;
    (!id.contains('\0')).then(|| (at, id.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_leads_back() {
        let last = ("1_2_ab c".to_owned(), "2026-11-22T12:00:00.123456Z".parse().unwrap());
        assert_eq!(place(&token_of(&last)), Some((last.1, last.0)));
        for wrong in ["", "?", "AAAA", &BASE64.encode("x y"), &BASE64.encode("2026-11-22T12:00:00Z")] {
            assert_eq!(place(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn days_begin_in_rome() {
        let begins = |day: &str| midnight(day.parse().unwrap()).to_string();
        assert_eq!(begins("2026-11-22"), "2026-11-21 23:00:00 UTC");
        assert_eq!(begins("2026-07-01"), "2026-06-30 22:00:00 UTC");
    }
}
