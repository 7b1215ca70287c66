//! Where carts wait for their citizen: for a while, and not too many of them.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};

use super::cart::Cart;
use crate::domain::amount::AmountOrZero;

/// How long a cart is kept.
const LIFE: Duration = Duration::minutes(30);
/// So many are; the oldest goes first.
const MOST_CARTS: usize = 1_000;

/// How far a cart is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Its citizen has still to choose.
    Open,
    /// It is being paid, and nobody knows yet how that ends.
    Paying,
    /// It was paid.
    Paid,
    /// It was not, and will not be.
    Failed,
    /// The citizen did not want to.
    Cancelled,
}

/// The carts that are kept, by ids that nobody guesses.
#[derive(Debug, Default)]
pub(in crate::sandbox) struct Shelf {
    carts: HashMap<String, Kept>,
    order: VecDeque<String>,
}

#[derive(Debug)]
struct Kept {
    cart: Arc<Cart>,
    since: DateTime<Utc>,
    state: State,
}

impl Shelf {
    /// Keeps a cart, and says where.
    pub(super) fn put(&mut self, cart: Cart, now: DateTime<Utc>) -> String {
        let is_old =
            |id: &String, carts: &HashMap<String, Kept>| carts.get(id).is_none_or(|kept| kept.since + LIFE <= now);
        while self.order.len() >= MOST_CARTS || self.order.front().is_some_and(|id| is_old(id, &self.carts)) {
            let Some(oldest) = self.order.pop_front() else { break };
            self.carts.remove(&oldest);
        }
        let id = uuid::Uuid::new_v4().simple().to_string();
        self.order.push_back(id.clone());
        self.carts.insert(id.clone(), Kept { cart: Arc::new(cart), since: now, state: State::Open });
        id
    }

    /// A cart and how far it is.
    pub(super) fn find(&self, id: &str, now: DateTime<Utc>) -> Option<(Arc<Cart>, State)> {
        let kept = self.carts.get(id).filter(|kept| now < kept.since + LIFE)?;
        Some((kept.cart.clone(), kept.state))
    }

    /// Moves a cart on, if it is where it is thought to be.
    pub(super) fn turn(&mut self, id: &str, from: State, to: State) -> bool {
        match self.carts.get_mut(id) {
            Some(kept) if kept.state == from => {
                kept.state = to;
                true
            }
            _ => false,
        }
    }

    /// Notes what its stations say is to be paid, notice by notice.
    pub(super) fn put_right(&mut self, id: &str, amounts: impl Iterator<Item = AmountOrZero>) {
        let Some(kept) = self.carts.get_mut(id) else { return };
        let mut cart = Cart::clone(&kept.cart);
        for (notice, amount) in cart.notices.iter_mut().zip(amounts) {
            notice.amount = amount;
        }
        kept.cart = Arc::new(cart);
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::super::cart::Generation;
    use super::super::cart::tests::a_body;
    use super::*;

    fn noon() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, 22, 12, 0, 0).unwrap()
    }

    fn a_cart() -> Cart {
        Cart::read(a_body().to_string().as_bytes(), Generation::V2).unwrap()
    }

    #[test]
    fn a_cart_is_paid_once() {
        let mut shelf = Shelf::default();
        let id = shelf.put(a_cart(), noon());
        let turns = [(State::Open, State::Paying), (State::Open, State::Paying), (State::Paying, State::Paid)];
        assert_eq!(turns.map(|(from, to)| shelf.turn(&id, from, to)), [true, false, true]);
        assert!(!shelf.turn("0123", State::Open, State::Paying));
        assert_eq!(shelf.find(&id, noon()).unwrap().1, State::Paid);
    }

    #[test]
    fn the_stations_amount_takes_the_place_of_the_carts() {
        let mut shelf = Shelf::default();
        let id = shelf.put(a_cart(), noon());
        shelf.put_right(&id, [AmountOrZero::from_cents(13_000).unwrap()].into_iter());
        assert_eq!(shelf.find(&id, noon()).unwrap().0.total_cents(), 13_000);
    }

    #[test]
    fn carts_are_kept_for_a_while_and_not_too_many() {
        let mut shelf = Shelf::default();
        let first = shelf.put(a_cart(), noon());
        for (minutes, there) in [(0, true), (29, true), (30, false)] {
            assert_eq!(shelf.find(&first, noon() + Duration::minutes(minutes)).is_some(), there, "{minutes}");
        }
        let second = shelf.put(a_cart(), noon() + Duration::minutes(30));
        assert_eq!((shelf.carts.len(), shelf.order.len()), (1, 1), "the old one has gone");
        for _ in 0..MOST_CARTS {
            shelf.put(a_cart(), noon() + Duration::minutes(30));
        }
        assert_eq!((shelf.carts.len(), shelf.order.len()), (MOST_CARTS, MOST_CARTS));
        assert!(shelf.find(&second, noon() + Duration::minutes(30)).is_none());
    }
}
