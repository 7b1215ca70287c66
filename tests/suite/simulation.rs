//! Random lives of a station beside a model of a few lines: debts are brought, changed, withdrawn and paid, receipts come
//! new, again, altered, too early and to the wrong door, the clock moves, callers go away, the store is busy, the station
//! is killed. Every answer is the one that the model expects, and in the end every receipt is accounted for.

mod model;

use std::collections::BTreeMap;
use std::thread;
use std::time::Duration;

use ec_station::journal::Entry;
use ec_station::settings::ArchiveReads;
use ec_station::store::Saved;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};

use self::model::{Debt, Model, NOTICES, Sent, debt_of, nav};
use crate::audit;
use crate::database::{Database, Engine};
use crate::extent::{seed, usual_or_full};
use crate::given::{self, COMUNE, PROVINCIA, Receipt, a_receipt_for};
use crate::socket::{Socket, post};
use crate::station::Station;
use crate::traffic::Line;

#[test]
fn lives_of_a_station() {
    let first = seed();
    for seed in first..first + usual_or_full(2, 4) {
        println!("lives_of_a_station: STATION_TEST_SEED={seed} repeats this life");
        let mut life = Life::begin(seed);
        (0..usual_or_full(250, 1_500)).for_each(|_| life.step());
        life.end();
    }
}

/// A station, what the model knows of it, and who calls it.
struct Life {
    chance: StdRng,
    model: Model,
    /// None only while it starts again.
    station: Option<Station>,
    line: Line,
    /// What was answered, by what the journal says of it: notice, receipt and answer.
    answered: BTreeMap<[String; 3], usize>,
    step: usize,
}

fn spawn(database: impl Into<std::sync::Arc<Database>>, model: &Model) -> Station {
    let station = Station::spawn_on(database, |settings| {
        // Every answer is then in the journal, also when the station is killed after it.
        settings.archive.reads = ArchiveReads::Sync;
        settings.pools.write_patience = Duration::from_millis(300);
        settings.pools.statement_patience = Duration::from_millis(1_500);
    });
    station.set_now(model.now);
    station
}

impl Life {
    fn begin(seed: u64) -> Life {
        let model = Model::new(given::today());
        let station = spawn(Database::fresh(), &model);
        let line = Line::to(station.url());
        let chance = StdRng::seed_from_u64(seed);
        Life { chance, model, station: Some(station), line, answered: BTreeMap::new(), step: 0 }
    }

    fn station(&self) -> &Station {
        self.station.as_ref().unwrap()
    }

    fn step(&mut self) {
        self.step += 1;
        match self.chance.random_range(0..100) {
            0..15 => self.bring(),
            15..35 => self.ask(),
            35..60 => self.new_receipt(),
            60..68 => self.known_receipt(),
            68..73 => self.altered_receipt(),
            73..78 => self.foreign_receipt(),
            78..84 => self.refused_receipt(),
            84..87 => self.clock(),
            87..92 => self.at_once(),
            92..96 => self.caller_goes_away(),
            96..98 => self.killed_with_a_receipt_on_its_way(),
            98 => self.busy(),
            _ => self.reads_change_nothing(),
        }
    }

    fn notice(&mut self) -> usize {
        self.chance.random_range(0..NOTICES)
    }

    /// Asks, and notes what the journal must say.
    fn call(&mut self, message: &str, nav: &str, receipt: &str) -> String {
        let answer = self.line.ask(message).unwrap_or_else(|| panic!("step {}: the station is gone", self.step));
        *self.answered.entry([nav.to_owned(), receipt.to_owned(), answer.clone()]).or_default() += 1;
        answer
    }

    fn expect(&mut self, message: &str, nav: &str, receipt: &str, expected: &str) {
        let answer = self.call(message, nav, receipt);
        assert_eq!(answer, expected, "step {}: {message}", self.step);
    }

    /// Two options of one debt, of which the debtor chooses; drafts withdraw what was published.
    fn bring(&mut self) {
        let debt = self.chance.random_range(0..NOTICES / 2);
        let asked = Debt {
            published: self.chance.random_bool(0.8),
            cents: *[12_050, 9_900].choose(&mut self.chance).unwrap(),
            due: self.model.now + chrono::Duration::hours(self.chance.random_range(-24..96)),
            expires: self.chance.random_bool(0.5),
        };
        let saved = self.station().bring(&debt_of(debt, &asked), asked.published);
        let paid = self.model.is_paid(debt);
        match saved {
            Saved::Created | Saved::Updated | Saved::Withdrawn => {
                assert!(!paid, "step {}: a paid debt was changed", self.step);
                self.model.brought(debt, asked, saved == Saved::Created);
            }
            Saved::Published => self.model.published(debt),
            Saved::Unchanged => {}
            Saved::NotUpdatable(_) => {
                assert!(paid || self.model.is_over(debt), "step {}: {saved:?}", self.step);
            }
            Saved::FeeLost | Saved::NavTaken(_) | Saved::IuvTaken(_) => panic!("step {}: {saved:?}", self.step),
        }
    }

    fn ask(&mut self) {
        let notice = self.notice();
        let (nav, expected) = (nav(notice), self.model.answer(notice));
        let message = match self.chance.random_range(0..3) {
            0 => given::verify(&nav),
            1 => given::get(&nav, ""),
            _ => given::get_v2(&nav, ""),
        };
        self.expect(&message, &nav, "", expected);
    }

    /// A receipt of a payment, or of one that failed, for a notice that may not be here yet.
    fn receipt(&mut self) -> Sent {
        let notice = self.notice();
        let amount = *["120.50", "99.00"].choose(&mut self.chance).unwrap();
        let receipt = Receipt {
            id: self.model.next_id(),
            outcome: if self.chance.random_bool(0.9) { "OK" } else { "KO" }.into(),
            amount: amount.into(),
            transfers: vec![(1, amount.into(), COMUNE.into(), None)],
            ..a_receipt_for(&nav(notice))
        };
        let message = if self.chance.random_bool(0.5) { receipt.v1() } else { receipt.v2() };
        Sent { notice, receipt, message }
    }

    fn new_receipt(&mut self) {
        let sent = self.receipt();
        self.expect(&sent.message, &sent.receipt.nav, &sent.receipt.id, "OK");
        self.model.received(sent);
    }

    fn known_receipt(&mut self) {
        let Some(sent) = self.model.received.choose(&mut self.chance).cloned() else { return };
        self.expect(&sent.message, &sent.receipt.nav, &sent.receipt.id, "PAA_RECEIPT_DUPLICATA");
    }

    fn altered_receipt(&mut self) {
        let Some(sent) = self.model.received.choose(&mut self.chance).cloned() else { return };
        let cents = self.chance.random_range(10..99);
        let altered = Receipt { amount: format!("1.{cents}"), ..sent.receipt };
        self.expect(&altered.v1(), &altered.nav, &altered.id, "PAA_RECEIPT_DUPLICATA");
        self.model.copies.insert((altered.id, altered.amount));
    }

    /// A copy for somebody else's notice, for a beneficiary, and for somebody who has no part in it.
    fn foreign_receipt(&mut self) {
        let notice = self.notice();
        let id = self.model.next_id();
        let mut receipt = Receipt { id, ..a_receipt_for(&nav(notice)) };
        let kind = self.chance.random_range(0..3);
        if kind == 0 {
            receipt.nav = format!("308{notice:015}");
        } else {
            receipt.head = given::head(PROVINCIA, PROVINCIA, "99000002024_01");
        }
        if kind == 1 {
            receipt.transfers.push((2, "1.00".into(), PROVINCIA.into(), None));
        }
        let expected = if kind == 2 { "PAA_SEMANTICA" } else { "OK" };
        self.expect(&receipt.v2(), &receipt.nav, &receipt.id, expected);
        self.model.others.push(receipt.id);
    }

    /// To a wrong door, or unreadable: kept all the same.
    fn refused_receipt(&mut self) {
        let notice = self.notice();
        let id = self.model.next_id();
        let receipt = Receipt { id, ..a_receipt_for(&nav(notice)) };
        if self.chance.random_bool(0.5) {
            let lost = Receipt { head: given::head("99000009999", COMUNE, "99000001018_01"), ..receipt };
            self.expect(&lost.v1(), &lost.nav, &lost.id, "PAA_ID_DOMINIO_ERRATO");
        } else {
            let broken = receipt.v1().replace("<paymentAmount>", "<paymentAmount>much ");
            self.expect(&broken, "", "", "PAA_SINTASSI_EXTRAXSD");
        }
        self.model.refused += 1;
    }

    fn clock(&mut self) {
        self.model.now += chrono::Duration::minutes(self.chance.random_range(1..2_000));
        self.station().set_now(self.model.now);
    }

    /// Two receipts of one notice, each of them twice, and questions, all at the same moment.
    fn at_once(&mut self) {
        let one = self.receipt();
        let one = Receipt { outcome: "OK".into(), ..one.receipt };
        let other = Receipt { id: self.model.next_id(), ..one.clone() };
        let notice = (0..NOTICES).find(|notice| nav(*notice) == one.nav).unwrap();
        let one = Sent { notice, message: one.v1(), receipt: one };
        let other = Sent { notice, message: other.v2(), receipt: other };
        let url = self.station().url().to_owned();
        let call = |message: String| {
            let url = url.clone();
            thread::spawn(move || Line::to(&url).ask(&message).expect("the station answers"))
        };
        let twice = [&one, &other, &one, &other].map(|sent| call(sent.message.clone()));
        let question = call(given::verify(&nav(notice)));
        let answers = twice.map(|call| call.join().unwrap());
        for (sent, answer) in [&one, &other, &one, &other].into_iter().zip(&answers) {
            let key = [sent.receipt.nav.clone(), sent.receipt.id.clone(), answer.clone()];
            *self.answered.entry(key).or_default() += 1;
        }
        let before = self.model.answer(notice);
        for pair in [[&answers[0], &answers[2]], [&answers[1], &answers[3]]] {
            let mut pair = pair.map(String::as_str);
            pair.sort_unstable();
            assert_eq!(pair, ["OK", "PAA_RECEIPT_DUPLICATA"], "step {}", self.step);
        }
        // The store says which one came first.
        let rows = format!("SELECT receipt_id FROM receipt WHERE nav = '{}' ORDER BY id DESC LIMIT 2", nav(notice));
        let last = self.station().database().neighbour().rows::<String>(&rows).remove(0);
        let paid = format!("SELECT COALESCE(receipt_id, '') FROM payment_option WHERE nav = '{}'", nav(notice));
        let payer = self.station().database().neighbour().rows::<String>(&paid).pop();
        let other_first = payer.is_some_and(|payer| payer == other.receipt.id) || last == one.receipt.id;
        let (first, second) = if other_first { (other, one) } else { (one, other) };
        self.model.received(first);
        self.model.received(second);
        let (heard, after) = (question.join().unwrap(), self.model.answer(notice));
        assert!(heard == before || heard == after, "step {}: {heard}, neither {before} nor {after}", self.step);
        *self.answered.entry([nav(notice), String::new(), heard]).or_default() += 1;
    }

    /// With half a receipt, or before the answer. Nobody knows whether it was stored: the Node asks again.
    fn caller_goes_away(&mut self) {
        let sent = self.receipt();
        let request = post(&sent.message);
        let part =
            if self.chance.random_bool(0.5) { self.chance.random_range(1..request.len()) } else { request.len() };
        let mut socket = Socket::to(self.station().url());
        socket.send(&request[..part]);
        drop(socket);
        self.ask_again(sent);
    }

    fn killed_with_a_receipt_on_its_way(&mut self) {
        let sent = self.receipt();
        let mut socket = Socket::to(self.station().url());
        socket.send(post(&sent.message));
        thread::sleep(Duration::from_micros(self.chance.random_range(0..6_000)));
        self.restart();
        // It may have been answered before the end.
        if let Ok(Some(reply)) = socket.try_answer()
            && reply.outcome() == "OK"
        {
            audit::holds(self.station().database(), [&sent.receipt.id]);
        }
        self.ask_again(sent);
    }

    fn restart(&mut self) {
        let database = self.station.take().unwrap().killed();
        let station = spawn(database, &self.model);
        self.line = Line::to(station.url());
        self.station = Some(station);
    }

    fn ask_again(&mut self, sent: Sent) {
        let answer = self.call(&sent.message, &sent.receipt.nav, &sent.receipt.id);
        assert!(answer == "OK" || answer == "PAA_RECEIPT_DUPLICATA", "step {}: {answer}", self.step);
        self.model.received(sent);
    }

    /// Somebody else writes for longer than a receipt waits.
    fn busy(&mut self) {
        let mut neighbour = self.station().database().neighbour();
        neighbour.execute(match Engine::of_this_run() {
            Engine::Sqlite => "BEGIN IMMEDIATE",
            Engine::Postgres => "BEGIN; LOCK TABLE receipt IN EXCLUSIVE MODE",
        });
        let sent = self.receipt();
        let answer = self.line.ask(&sent.message).expect("the station answers");
        assert_eq!(answer, "Fault Server", "step {}", self.step);
        neighbour.execute("ROLLBACK");
        self.ask_again(sent);
    }

    fn reads_change_nothing(&mut self) {
        let before = self.model.fingerprint(self.station().database());
        for notice in 0..NOTICES {
            let (nav, expected) = (nav(notice), self.model.answer(notice));
            self.expect(&given::verify(&nav), &nav, "", expected);
            self.expect(&given::get_v2(&nav, ""), &nav, "", expected);
        }
        assert_eq!(self.model.fingerprint(self.station().database()), before, "step {}", self.step);
    }

    fn end(mut self) {
        self.restart();
        self.reads_change_nothing();
        let database = self.station().database();
        self.model.agrees_with(database);
        audit::holds(database, self.model.received.iter().map(|sent| &sent.receipt.id));
        audit::nothing_is_half_stored(database);
        self.every_answer_is_in_the_journal();
        let Life { model, answered, .. } = &self;
        println!("{} answers, {} receipts", answered.values().sum::<usize>(), model.received.len());
    }

    fn every_answer_is_in_the_journal(&self) {
        let mut told: BTreeMap<[String; 3], usize> = BTreeMap::new();
        for entry in audit::journal(self.station().database()) {
            if let Entry::Exchange(exchange) = entry {
                let answer = exchange.fault.unwrap_or_else(|| exchange.outcome.as_str().to_owned());
                *told.entry([exchange.about.nav, exchange.about.receipt_id, answer]).or_default() += 1;
            }
        }
        for (answer, count) in &self.answered {
            // More where a caller went away before the answer.
            assert!(told.get(answer).is_some_and(|told| told >= count), "{answer:?}: {count}, in the journal {told:?}");
        }
    }
}
