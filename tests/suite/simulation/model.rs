//! What a station must be, without a station: debts of two options each, of which one is enough, and what was received.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use ec_station::domain::position::{DebtPosition, PositionStatus};

use crate::database::Database;
use crate::given::{self, Receipt, a_position_of, an_option};

/// Notices there are in all. Few, so that they meet each other.
pub const NOTICES: usize = 24;

pub fn nav(notice: usize) -> String {
    format!("307{:015}", 7_000 + notice)
}

/// What was brought of a debt.
#[derive(Clone)]
pub struct Debt {
    pub published: bool,
    pub cents: i64,
    pub due: DateTime<Utc>,
    pub expires: bool,
}

/// A debt as a loader brings it: either of two options settles it.
pub fn debt_of(debt: usize, asked: &Debt) -> DebtPosition {
    let option = |at: usize| {
        let mut option = an_option(&nav(2 * debt + at));
        option.plan = at as i64;
        option.amount = given::euro(asked.cents);
        option.transfers[0].amount = given::euro(asked.cents);
        option.due_date = asked.due;
        option.switch_to_expired = asked.expires;
        option
    };
    DebtPosition { status: PositionStatus::Draft, publish_date: None, ..a_position_of(vec![option(0), option(1)]) }
}

/// A receipt for a notice of ours.
#[derive(Clone)]
pub struct Sent {
    pub notice: usize,
    pub receipt: Receipt,
    pub message: String,
}

pub struct Model {
    pub now: DateTime<Utc>,
    debts: Vec<Option<Debt>>,
    /// By which receipt each notice is paid.
    paid: Vec<Option<String>>,
    /// Receipts that came before their notice.
    orphans: Vec<Vec<String>>,
    /// Payments of what was paid already.
    doubles: usize,
    pub received: Vec<Sent>,
    /// Receipts of others that are kept.
    pub others: Vec<String>,
    pub copies: BTreeSet<(String, String)>,
    pub refused: usize,
    ids: usize,
}

impl Model {
    pub fn new(now: DateTime<Utc>) -> Model {
        Model {
            now,
            debts: vec![None; NOTICES / 2],
            paid: vec![None; NOTICES],
            orphans: vec![vec![]; NOTICES],
            doubles: 0,
            received: vec![],
            others: vec![],
            copies: BTreeSet::new(),
            refused: 0,
            ids: 0,
        }
    }

    pub fn next_id(&mut self) -> String {
        self.ids += 1;
        format!("receipt {}", self.ids)
    }

    pub fn is_paid(&self, debt: usize) -> bool {
        self.paid[2 * debt].is_some() || self.paid[2 * debt + 1].is_some()
    }

    /// Whether it has expired.
    pub fn is_over(&self, debt: usize) -> bool {
        self.debts[debt].as_ref().is_some_and(|debt| debt.expires && self.now > debt.due)
    }

    pub fn brought(&mut self, debt: usize, asked: Debt, is_new: bool) {
        self.debts[debt] = Some(asked);
        if !is_new {
            return;
        }
        // What was paid before it came, in the order of the payments.
        let order = |id: &String| self.received.iter().position(|sent| sent.receipt.id == *id);
        let mut waiting: Vec<_> = [2 * debt, 2 * debt + 1]
            .iter()
            .flat_map(|notice| self.orphans[*notice].iter().map(move |id| (order(id), *notice, id.clone())))
            .collect();
        waiting.sort();
        for (_, notice, id) in waiting {
            self.doubles += usize::from(self.is_paid(debt));
            self.paid[notice].get_or_insert(id);
        }
    }

    pub fn published(&mut self, debt: usize) {
        self.debts[debt].as_mut().expect("it was brought before").published = true;
    }

    /// What a verify or a get hears.
    pub fn answer(&self, notice: usize) -> &'static str {
        match &self.debts[notice / 2] {
            None => "PAA_PAGAMENTO_SCONOSCIUTO",
            Some(_) if self.is_paid(notice / 2) => "PAA_PAGAMENTO_DUPLICATO",
            Some(debt) if !debt.published => "PAA_PAGAMENTO_SCONOSCIUTO",
            Some(_) if self.is_over(notice / 2) => "PAA_PAGAMENTO_SCADUTO",
            Some(_) => "OK",
        }
    }

    pub fn received(&mut self, sent: Sent) {
        let Sent { notice, receipt, .. } = &sent;
        let debt = notice / 2;
        if receipt.outcome == "KO" {
            // It says that no money has moved.
        } else if self.debts[debt].is_none() {
            self.orphans[*notice].push(receipt.id.clone());
        } else {
            self.doubles += usize::from(self.is_paid(debt));
            self.paid[*notice].get_or_insert_with(|| receipt.id.clone());
        }
        self.received.push(sent);
    }

    /// Everything that a question must leave as it is.
    pub fn fingerprint(&self, database: &Database) -> Vec<String> {
        database.neighbour().rows(
            "SELECT o.nav || ' ' || o.status || ' ' || p.status || ' ' || COALESCE(o.receipt_id, '-') AS line
             FROM payment_option o JOIN debt_position p ON p.id = o.position_id
             UNION ALL SELECT 'receipts ' || CAST(COUNT(*) AS TEXT) FROM receipt
             UNION ALL SELECT 'copies ' || CAST(COUNT(*) AS TEXT) FROM receipt_copy
             UNION ALL SELECT 'refused ' || CAST(COUNT(*) AS TEXT) FROM refused_receipt
             UNION ALL SELECT 'anomalies ' || CAST(COUNT(*) AS TEXT) FROM anomaly ORDER BY line",
        )
    }

    /// Every count and every option is as the model has it.
    pub fn agrees_with(&self, database: &Database) {
        let paid: Vec<(String, Option<String>)> =
            database.neighbour().records("SELECT nav, receipt_id FROM payment_option ORDER BY nav");
        let loaded = (0..NOTICES).filter(|notice| self.debts[notice / 2].is_some());
        let expected: Vec<_> = loaded.map(|notice| (nav(notice), self.paid[notice].clone())).collect();
        assert_eq!(paid, expected);
        let own = database.count("SELECT COUNT(*) FROM receipt WHERE recipient = organization AND nav LIKE '307%'");
        assert_eq!(own, self.received.len() as i64);
        let all = database.count("SELECT COUNT(*) FROM receipt");
        assert_eq!(all, (self.received.len() + self.others.len()) as i64);
        assert_eq!(database.count("SELECT COUNT(*) FROM receipt_copy"), self.copies.len() as i64);
        assert_eq!(database.count("SELECT COUNT(*) FROM refused_receipt"), self.refused as i64);
        let doubles = database.count("SELECT COUNT(*) FROM anomaly WHERE kind = 'DOUBLE_PAYMENT'");
        assert_eq!(doubles, self.doubles as i64, "nothing is paid twice without an anomaly");
    }
}
