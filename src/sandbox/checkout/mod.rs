//! A stand-in for Checkout: it takes carts, asks the citizen, and pays as Checkout does (`domain` 10). No money moves.
//!
//! `cart` is what a front end posts, `shelf` where carts wait for their citizen, `till` the PSP's side of a payment:
//! activations and one outcome for all. `page` shows it to people. What a citizen chooses is carried out here.

mod cart;
mod page;
mod shelf;
mod till;

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use url::Url;

use self::cart::Cart;
pub(super) use self::cart::Generation;
use self::page::{Filled, Trouble};
pub(super) use self::page::{Page, STYLE, gone};
pub(super) use self::shelf::Shelf;
use self::shelf::State;
use self::till::{Begun, Stopped, Till};
use super::node::Node;
use super::story::{Between, Step};
use crate::domain::text::is_email;

/// How long an outcome takes that is late.
const LATE: Duration = Duration::from_secs(8);

/// What a citizen sends from the page of a cart.
#[derive(Deserialize)]
pub(super) struct Sent {
    what: Button,
    #[serde(flatten)]
    filled: Filled,
}

/// The buttons of the page; the last two are for trials.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Button {
    Pay,
    Cancel,
    Fail,
    Late,
}

/// How a payment that was begun is to end.
enum End {
    Paid,
    Failed,
    /// It is paid, and nobody knows yet.
    Late,
}

/// Where it goes from here.
pub(super) enum Next {
    /// To the creditor's front end.
    Away(Url),
    /// To the page of the cart, which has something else to show now.
    Look,
    /// The page again, with what is wrong.
    Again(Page),
    /// There is no such cart.
    Gone,
}

/// Takes a cart, or tells what is wrong with it. It is found by the id that comes back, and by nothing else.
pub(super) fn take(node: &Node, body: &[u8], generation: Generation) -> Result<String, Vec<String>> {
    let cart = Cart::read(body, generation)?;
    tell(node, &cart, "Checkout has it in a cart");
    Ok(node.shelf().put(cart, node.now()))
}

/// What the page of a cart shows at the moment.
pub(super) fn look(node: &Node, id: &str) -> Option<Page> {
    let (cart, state) = node.shelf().find(id, node.now())?;
    Some(match state {
        State::Open => Page::asking(node, &cart, &Filled::before(&cart), None),
        state => Page::telling(&cart, state),
    })
}

/// Does what the citizen chose. A cart that is being paid, or has ended, does not change any more.
pub(super) async fn press(node: &Node, id: &str, sent: Sent) -> Next {
    let Some((cart, state)) = node.shelf().find(id, node.now()) else { return Next::Gone };
    if state != State::Open {
        return Next::Look;
    }
    let end = match sent.what {
        Button::Cancel => return cancel(node, id, &cart),
        Button::Pay => End::Paid,
        Button::Fail => End::Failed,
        Button::Late => End::Late,
    };
    let again = |cart: &Cart, trouble| Next::Again(Page::asking(node, cart, &sent.filled, Some(trouble)));
    if !is_email(&sent.filled.email) {
        return again(&cart, Trouble::Email);
    }
    let Some(till) = Till::of(node, &sent.filled.psp) else { return again(&cart, Trouble::Psp) };
    if !node.shelf().turn(id, State::Open, State::Paying) {
        return Next::Look;
    }
    // In a task of its own: who closes the browser meanwhile leaves nothing half done.
    match tokio::spawn(pay(till, id.to_owned(), cart, end)).await {
        Ok(Ok(next)) => next,
        Ok(Err(stopped)) => match node.shelf().find(id, node.now()) {
            Some((cart, _)) => again(&cart, Trouble::Stopped(stopped)),
            None => Next::Gone,
        },
        Err(_) => Next::Look,
    }
}

fn cancel(node: &Node, id: &str, cart: &Cart) -> Next {
    if !node.shelf().turn(id, State::Open, State::Cancelled) {
        return Next::Look;
    }
    tell(node, cart, "its cart was cancelled");
    Next::Away(cart.returns.cancel.clone())
}

/// Activates all notices; then one outcome ends them all. What stops it leaves the cart open, and the notices free.
async fn pay(till: Till, id: String, cart: Arc<Cart>, end: End) -> Result<Next, Stopped> {
    let node = till.node.clone();
    let begun = match till.begin(&cart).await {
        Ok(begun) => begun,
        Err(stopped) => {
            node.shelf().turn(&id, State::Paying, State::Open);
            return Err(stopped);
        }
    };
    // The station's word counts, but the citizen has seen another.
    if begun.amounts().ne(cart.notices.iter().map(|notice| notice.amount)) {
        till.give_back(&begun).await;
        node.shelf().put_right(&id, begun.amounts());
        node.shelf().turn(&id, State::Paying, State::Open);
        return Err(Stopped::OtherAmount);
    }
    match end {
        End::Paid => Ok(finish(&till, &id, &cart, &begun).await),
        End::Late => {
            let waiting = cart.returns.waiting.clone();
            tokio::spawn(async move {
                tokio::time::sleep(LATE).await;
                finish(&till, &id, &cart, &begun).await;
            });
            // The first version has no address for this: its citizens wait at Checkout.
            Ok(waiting.map_or(Next::Look, Next::Away))
        }
        End::Failed => {
            till.give_back(&begun).await;
            node.shelf().turn(&id, State::Paying, State::Failed);
            Ok(Next::Away(cart.returns.error.clone()))
        }
    }
}

async fn finish(till: &Till, id: &str, cart: &Cart, begun: &Begun) -> Next {
    let paid = till.pay(begun).await;
    let (state, url) = if paid { (State::Paid, &cart.returns.ok) } else { (State::Failed, &cart.returns.error) };
    till.node.shelf().turn(id, State::Paying, state);
    Next::Away(url.clone())
}

/// The story of each of its notices.
fn tell(node: &Node, cart: &Cart, what: &str) {
    for notice in &cart.notices {
        let notice = Some(notice.qr.notice.to_string());
        node.story.tell(Step { notice, ..Step::new(node.now(), Between::Node, what) });
    }
}
