//! What somebody who came through the gate may do, and for which organization: what GPD's own gateway looks at.

use std::future::{Ready, ready};
use std::rc::Rc;

use actix_web::dev::Payload;
use actix_web::http::{Method, StatusCode};
use actix_web::{FromRequest, HttpRequest, web};
use serde::Deserialize;

use super::denials::Subject;
use super::gate::Visitor;
use super::problem::Problem;
use super::query::Query;
use crate::domain::access::Action;
use crate::domain::codes::{OrganizationCode, SegregationCodes};
use crate::domain::position::ServiceType;
use crate::station::Station;
use crate::use_cases::positions::Desk;

/// Who calls while there are no keys, for the journal.
const NOBODY: &str = "the API";

/// POSTs that change nothing: looking at what can be paid (`gpd-api` 11), and printing.
const LOOKS: [&str; 2] = ["/payment-options/", "/notices/pdf"];

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
    /// The segregation codes the call is confined to: those of the key, narrowed by the query's.
    pub(super) codes: SegregationCodes,
    /// The kind of service that the mount point says, if it says one.
    mounted: Option<ServiceType>,
    query: Query,
    /// Who it is, for the journal.
    pub(super) by: String,
    /// Whose key it is, whichever of its two: one takes over from the other.
    pub(super) caller: String,
}

/// Somebody who may say who is served: whatever the path names, the organization in it if there is one.
#[derive(Clone, Debug)]
pub(super) struct Admin {
    visitor: Rc<Visitor>,
    /// The organization in the path; empty where the path names none.
    pub(super) organization: String,
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

impl FromRequest for Admin {
    type Error = Problem;
    type Future = Ready<Result<Admin, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(admin(request))
    }
}

fn operator(request: &HttpRequest) -> Result<Operator, Problem> {
    let visitor = Visitor::of(request).ok_or_else(forbidden)?;
    let organization = OrganizationCode::new(named(request)?.unwrap_or_default());
    let bounds = bounds(&visitor, action(request), &organization).ok_or_else(forbidden)?;
    let query = Query::read(request.query_string());
    let mut codes = bounds;
    for text in query.all("segregationCodes") {
        let asked = SegregationCodes::parse(text)
            .ok_or_else(|| Problem::bad_request(r#"segregationCodes: must match "\d{2}(,\d{2})*""#))?;
        codes = codes.within(asked);
    }
    let mounted = request.app_data::<web::Data<Surface>>().and_then(|surface| surface.service);
    let caller = visitor.access.as_ref().map_or_else(|| NOBODY.to_owned(), |access| access.name.clone());
    Ok(Operator { organization, codes, mounted, query, by: name(&visitor), caller })
}

fn admin(request: &HttpRequest) -> Result<Admin, Problem> {
    let visitor = Visitor::of(request).ok_or_else(forbidden)?;
    let named = named(request)?;
    let admin = Admin { by: name(&visitor), organization: named.clone().unwrap_or_default(), visitor };
    let is_admin = admin.visitor.access.as_ref().is_none_or(|access| access.role.may(Action::Administer));
    if is_admin && named.is_none_or(|organization| admin.serves(&organization)) { Ok(admin) } else { Err(forbidden()) }
}

/// The organization in the path, decoded once: whoever decodes it in a way of its own speaks of another one.
fn named(request: &HttpRequest) -> Result<Option<String>, Problem> {
    #[derive(Deserialize)]
    struct Named {
        organization: Option<String>,
    }
    let named = request.match_info().load::<Named>().map_err(|_| forbidden())?;
    Ok(named.organization)
}

impl Admin {
    /// Whether an organization is this admin's business.
    pub(super) fn serves(&self, organization: &str) -> bool {
        bounds(&self.visitor, Action::Administer, &OrganizationCode::new(organization)).is_some()
    }
}

/// What a request is about to do.
fn action(request: &HttpRequest) -> Action {
    let looks = request.method().is_safe()
        || request.method() == Method::POST
            && request.match_pattern().is_some_and(|pattern| LOOKS.iter().any(|one| pattern.contains(one)));
    if looks { Action::Read } else { Action::Write }
}

/// The segregation codes within which a visitor may do something; none where it may not.
fn bounds(visitor: &Visitor, action: Action, organization: &OrganizationCode) -> Option<SegregationCodes> {
    match &visitor.access {
        None => Some(SegregationCodes::all()),
        Some(access) => access.allows(action, organization).cloned(),
    }
}

fn name(visitor: &Visitor) -> String {
    visitor.access.as_ref().map_or_else(|| NOBODY.to_owned(), |access| access.to_string())
}

/// What GPD's gateway says to a key that is not for this.
pub(super) fn forbidden() -> Problem {
    Problem::Gateway { status: StatusCode::FORBIDDEN, message: "You are not allowed to access this resource." }
}

impl Operator {
    /// The kind of service that is spoken of: the mount point's, else the query's, else none.
    pub(super) fn service(&self) -> Result<Option<ServiceType>, Problem> {
        match self.mounted {
            Some(mounted) => Ok(Some(mounted)),
            None => self.query.parsed("serviceType", ServiceType::parse),
        }
    }

    /// Who asks, for the use cases.
    pub(super) fn desk(&self) -> Desk<'_> {
        Desk { organization: &self.organization, codes: &self.codes, by: &self.by }
    }

    /// What is spoken of, should it be declined; the title is GPD's when it fails.
    pub(super) fn subject<'s>(&'s self, station: &'s Station, failure: &'static str) -> Subject<'s> {
        Subject { station, organization: &self.organization, failure }
    }
}
