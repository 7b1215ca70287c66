//! The body of a request: its bytes, bounded, before anybody reads them.

use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};

use super::problem::Problem;
use crate::reception::bytes_of;
use crate::station::Station;

/// All the bytes of a body.
pub(super) struct Body(pub(super) Vec<u8>);

impl FromRequest for Body {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Body, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let station = request.app_data::<web::Data<Station>>().expect("every route has a station").clone();
        let mut payload = payload.take();
        Box::pin(async move {
            let limits = &station.settings.limits;
            bytes_of(&mut payload, limits.body_bytes, limits.receive).await.map(Body).map_err(Problem::Bare)
        })
    }
}
