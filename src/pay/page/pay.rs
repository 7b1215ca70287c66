//! Send a citizen to Checkout.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use tracing::{error, warn};
use url::Url;

use super::answer::see_other;
use super::forms::TypedPayer;
use super::show::{Told, payable};
use super::stage::{Due, paid};
use super::visitor::Visitor;
use super::{down, find, form};
use crate::domain::payment_request::PaymentRequest;
use crate::platform::cart::{Cart, CartNotice};
use crate::platform::checkout::Checkout;
use crate::station::Station;
use crate::telemetry::chain;
use crate::use_cases::{Error, look_at_notice, payment_requests};

/// `POST /payment/{id}/pay`. The notice is looked at once more, so that the cart asks for what is due now. Whoever wants
/// to pay again may, as long as no receipt has come: a cart that was left costs nothing, and the Node takes one payment
/// of a notice at a time.
pub(super) async fn pay(
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
    // The page tells best why nothing can be paid.
    let page = || see_other(&format!("{}{}", visitor.page(&found.id), visitor.query()));
    let (Some(checkout), Some(notice), None) = (&station.checkout, &found.notice, paid(&found)) else {
        return page();
    };
    let bill = match look_at_notice(&station, &notice.organization, &notice.notice).await {
        Ok(bill) => Box::new(bill),
        Err(Error::Refused(_)) => return page(),
        Err(Error::Store(cause)) => return down(&visitor, &cause),
    };
    let due = Due { notice: notice.clone(), bill };
    let payer = TypedPayer::of(&form, &found.given);
    if !payer.is_right() {
        let again = Told { news: None, status: StatusCode::UNPROCESSABLE_ENTITY, typed: Some(payer) };
        return payable(&station, &visitor, &found, &due, again);
    }
    let given = payer.given(&found.given);
    let Some(checkout_page) = open_cart(checkout, &visitor, &found, &due, &given.email).await else {
        let news = Some(visitor.language.texts().no_checkout_now);
        let told = Told { news, status: StatusCode::BAD_GATEWAY, typed: Some(payer) };
        return payable(&station, &visitor, &found, &due, told);
    };
    let amount = due.bill.notice().option.amount.into();
    match payment_requests::send_away(&station, &found.id, &given, amount).await {
        Ok(true) => see_other(checkout_page.as_str()),
        // It was paid while Checkout made the cart.
        Ok(false) | Err(Error::Refused(_)) => page(),
        Err(Error::Store(cause)) => down(&visitor, &cause),
    }
}

/// Brings Checkout a cart; gives where the citizen goes on. Why not is told to the operators.
async fn open_cart(
    checkout: &Checkout,
    visitor: &Visitor,
    request: &PaymentRequest,
    Due { notice, bill }: &Due,
    email: &str,
) -> Option<Url> {
    let query = format!("?lang={}", visitor.language.code());
    let pages = (visitor.address(&request.id), query);
    let cart = CartNotice::of(&notice.organization, &notice.notice, bill)
        .and_then(|one| Cart::of(&request.id, vec![one], email, (&pages.0, &pages.1), checkout.generation()));
    match cart {
        Ok(cart) => match checkout.open(&cart).await {
            Ok(page) => Some(page),
            Err(cause) => {
                warn!(cause = chain(&cause), notice = %notice.notice, "nobody can be sent to Checkout");
                None
            }
        },
        Err(cause) => {
            error!(cause = chain(&cause), notice = %notice.notice, "there is no cart for a notice");
            None
        }
    }
}
