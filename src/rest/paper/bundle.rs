//! Many notices as one ZIP, sent while it is being made: neither side ever holds all of it.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;
use std::vec;

use actix_web::http::header::DispositionType;
use actix_web::web::{self, Bytes};
use actix_web::{HttpResponse, error};
use chrono::{DateTime, Utc};
use futures_util::stream;
use serde::Deserialize;
use tracing::error;
use utoipa::ToSchema;

use super::{TITLE, kept_by_the_caller, named};
use crate::rest::Answer;
use crate::rest::body::Body;
use crate::rest::docs::examples;
use crate::rest::operator::Operator;
use crate::rest::problem::Problem;
use crate::station::Station;
use crate::telemetry::chain;
use crate::use_cases::paper::{Bundle, Press, Unfinished};

/// Most notices of one bundle.
const MOST: usize = 1_000;

/// The longest number of a notice that GPD knows.
const LONGEST: usize = 30;

/// Which notices to print.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(description = "Which notices to print.")]
pub(super) struct NoticesToPrint {
    /// Their numbers, or IUVs.
    #[schema(min_items = 1, max_items = 1000)]
    notices: Vec<String>,
}

/// Print many notices.
///
/// A debtor gets one letter for all the ways to pay a debt: a notice that stands on the letter of another one gets none
/// of its own. `not-printed.csv` lists the notices that stand on no letter, each with the reason.
#[utoipa::path(
    post,
    path = "/organizations/{organization}/notices/pdf",
    operation_id = "printNotices",
    tag = "paper",
    request_body(content = NoticesToPrint, example = json!(examples::notices_to_print())),
    responses(
        (status = 200, description = "`avviso-<notice>.pdf` for each letter, and `not-printed.csv`.", body = Vec<u8>,
         content_type = "application/zip"),
    )
)]
pub(super) async fn notices(station: web::Data<Station>, operator: Operator, body: Body) -> Answer {
    let asked: NoticesToPrint =
        serde_json::from_slice(&body.0).map_err(|error| Problem::bad_request(error.to_string()))?;
    let count = asked.notices.len();
    if !(1..=MOST).contains(&count) {
        return Err(Problem::bad_request(format!("notices: must be 1 to {MOST} numbers, there are {count}")));
    }
    let is_number = |text: &&String| (1..=LONGEST).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if let Some(at) = asked.notices.iter().position(|text| !is_number(&text)) {
        return Err(Problem::bad_request(format!("notices[{at}]: must match \"\\d{{1,{LONGEST}}}\"")));
    }
    let press = Press::of(&station.store, &operator.organization).await;
    let press = press.map_err(|cause| Problem::failure(TITLE, &cause))?;
    let out = Out::default();
    let work = Work {
        bundle: Bundle::new(out.clone()),
        out,
        press,
        now: station.clock.now(),
        station: station.into_inner().as_ref().clone(),
        waiting: asked.notices.into_iter(),
        operator,
    };
    let parts = stream::try_unfold(Some(work), async |work| match work {
        None => Ok(None),
        Some(work) => work.part().await.map(Some).map_err(|cause| {
            // The client sees that the ZIP has no end.
            error!(cause = chain(&cause), "a bundle of notices was broken off");
            error::ErrorInternalServerError(TITLE)
        }),
    });
    let mut response = HttpResponse::Ok();
    response.content_type("application/zip").insert_header(kept_by_the_caller());
    Ok(response.insert_header(named(DispositionType::Attachment, "avvisi.zip")).streaming(parts))
}

/// A bundle that is being printed and sent.
struct Work {
    bundle: Bundle<Out>,
    out: Out,
    press: Press,
    now: DateTime<Utc>,
    station: Station,
    waiting: vec::IntoIter<String>,
    operator: Operator,
}

impl Work {
    /// What is ready to be sent next, and what is to be done after that.
    async fn part(mut self) -> Result<(Bytes, Option<Work>), Unfinished> {
        for number in self.waiting.by_ref() {
            self.bundle.print(&self.press, &self.station.store, self.operator.desk(), &number, self.now).await?;
            let ready = self.out.ready();
            if !ready.is_empty() {
                return Ok((ready, Some(self)));
            }
        }
        self.bundle.finish()?;
        Ok((self.out.ready(), None))
    }
}

/// Where a bundle is written to until it is sent.
#[derive(Clone, Default)]
struct Out(Rc<RefCell<Vec<u8>>>);

impl Out {
    fn ready(&self) -> Bytes {
        Bytes::from(self.0.take())
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
