//! Who calls: the account that a key of the front office stands for. Every call of one is counted.

use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpRequest, web};

use super::problem::Problem;
use crate::domain::access::{Access, Role};
use crate::domain::payment_request::RequestedNotice;
use crate::reception::access_of;
use crate::station::Station;

/// Who calls from this machine while there are no keys.
const LOCAL: &str = "local";

const OTHER_ROLE: &str = "this key is not for the front office: make one with `ec-station key create --role pay`";

/// Somebody whose call has been counted.
pub(super) struct Account {
    /// The name of the key: two keys of one name are one account.
    pub(super) name: String,
    access: Option<std::sync::Arc<Access>>,
}

impl Account {
    /// Whether the account may collect for a notice: its key opens the organization and the segregation code.
    pub(super) fn may_collect(&self, notice: &RequestedNotice) -> bool {
        self.access.as_ref().is_none_or(|access| access.opens(&notice.organization, notice.notice.iuv()))
    }
}

impl FromRequest for Account {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Account, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { admitted(&request).await })
    }
}

async fn admitted(request: &HttpRequest) -> Result<Account, Problem> {
    let station = request.app_data::<web::Data<Station>>().expect("every route has a station");
    let access = access_of(&station.keys, request).await.map_err(|cause| Problem::failure(&cause))?;
    let access = access.map_err(|stranger| Problem::new(stranger.status(), stranger.told()))?;
    if access.as_ref().is_some_and(|access| access.role != Role::Pay) {
        return Err(Problem::new(StatusCode::FORBIDDEN, OTHER_ROLE));
    }
    let name = access.as_ref().map_or_else(|| LOCAL.to_owned(), |access| access.name.clone());
    let now = station.clock.now();
    station.meter.count(&name, now).await.map_err(Problem::too_often)?;
    if let Some(access) = &access {
        station.keys.note_use(access.id, now);
    }
    Ok(Account { name, access })
}
