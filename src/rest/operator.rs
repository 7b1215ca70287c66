//! Who calls, and for which organization: what the gateway before GPD looks at.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};

use super::denials::Subject;
use super::problem::Problem;
use super::query::Query;
use crate::domain::codes::{OrganizationCode, SegregationCodes};
use crate::domain::position::ServiceType;
use crate::station::Station;
use crate::use_cases::positions::Desk;

/// What a mount point says of the calls that come through it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Surface {
    /// The kind of service its positions belong to.
    pub(super) service: Option<ServiceType>,
}

/// Somebody who may do what is asked, for the organization in the path (`{organization}`).
#[derive(Clone, Debug)]
pub(super) struct Operator {
    /// Whose positions are spoken of.
    pub(super) organization: OrganizationCode,
    /// The segregation codes the call is confined to.
    pub(super) codes: SegregationCodes,
    /// The kind of service: the query's, else the mount point's, else none.
    pub(super) service: Option<ServiceType>,
    /// Who it is, for the journal.
    pub(super) by: String,
}

impl FromRequest for Operator {
    type Error = Problem;
    type Future = Ready<Result<Operator, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(operator(request))
    }
}

fn operator(request: &HttpRequest) -> Result<Operator, Problem> {
    let query = Query::read(request.query_string());
    let codes = match query.text("segregationCodes") {
        None => SegregationCodes::all(),
        Some(text) => SegregationCodes::parse(text)
            .ok_or_else(|| Problem::bad_request(r#"segregationCodes: must match "\d{2}(,\d{2})*""#))?,
    };
    let mounted = request.app_data::<web::Data<Surface>>().and_then(|surface| surface.service);
    let service = query.parsed("serviceType", ServiceType::parse)?.or(mounted);
    let organization = OrganizationCode::new(request.match_info().query("organization"));
    Ok(Operator { organization, codes, service, by: "the API".into() })
}

impl Operator {
    /// Who asks, for the use cases.
    pub(super) fn desk(&self) -> Desk<'_> {
        Desk { organization: &self.organization, codes: &self.codes, by: &self.by }
    }

    /// What is spoken of, should it be declined; the title is GPD's when it fails.
    pub(super) fn subject<'s>(&'s self, station: &'s Station, failure: &'static str) -> Subject<'s> {
        Subject { station, organization: &self.organization, failure }
    }
}
