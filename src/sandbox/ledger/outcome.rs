//! What becomes of a payment when its PSP says how it ended (`domain` 15).

use std::fmt;

use chrono::{DateTime, Utc};

use super::{Ledger, Outcome, OutcomeDetails, Payment, PaymentState, PspCaller};
use crate::sandbox::fault::{Code, Refusal};

/// What a PSP says of one payment, or of several of one cart.
#[derive(Clone, Debug)]
pub struct Told {
    /// Who says it.
    pub by: PspCaller,
    /// The tokens it is about.
    pub tokens: Vec<String>,
    /// Whether money has moved.
    pub ok: bool,
    /// How it was paid; there with an OK.
    pub details: Option<OutcomeDetails>,
    /// The stamps that were bought.
    pub stamps: Vec<BoughtStamp>,
}

/// A stamp, and the transfer that asked for it.
#[derive(Clone, PartialEq, Eq)]
pub struct BoughtStamp {
    /// The token of the payment.
    pub token: String,
    /// `idTransfer`.
    pub transfer: i64,
    /// The document.
    pub document: Vec<u8>,
}

impl fmt::Debug for BoughtStamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BoughtStamp").field("transfer", &self.transfer).finish_non_exhaustive()
    }
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Concluded {
    /// The tokens of the payments that are paid now, whatever the PSP hears.
    pub paid: Vec<String>,
    /// What the PSP hears.
    pub answer: Result<(), Refusal>,
}

/// What the Node thinks of an outcome for one payment: whether it is kept, and what the PSP hears.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Judgement {
    kept: bool,
    answer: Result<(), Refusal>,
}

impl From<Code> for Judgement {
    fn from(code: Code) -> Judgement {
        Judgement { kept: false, answer: Err(code.into()) }
    }
}

/// Through which several notices are paid at once, with one outcome.
const CHECKOUT: &str = "CHECKOUT";

impl Ledger {
    /// Takes what a PSP says: all of it, or nothing.
    pub fn conclude(&mut self, told: &Told, now: DateTime<Utc>) -> Concluded {
        let judgements = match self.judge_all(told, now) {
            Ok(judgements) => judgements,
            Err(refusal) => return Concluded { paid: vec![], answer: Err(refusal) },
        };
        let refused = judgements.iter().find(|it| !it.kept).or_else(|| judgements.iter().find(|it| it.answer.is_err()));
        let answer = refused.map_or(Ok(()), |judgement| judgement.answer.clone());
        if judgements.iter().any(|judgement| !judgement.kept) {
            return Concluded { paid: vec![], answer };
        }
        for token in &told.tokens {
            if let Some(payment) = self.payments.get_mut(token) {
                payment.state = if told.ok { PaymentState::Paid } else { PaymentState::Cancelled };
                payment.outcome = Some(told.about(token, now));
            }
        }
        Concluded { paid: if told.ok { told.tokens.clone() } else { vec![] }, answer }
    }

    fn judge_all(&self, told: &Told, now: DateTime<Utc>) -> Result<Vec<Judgement>, Refusal> {
        let mut payments = Vec::new();
        for token in &told.tokens {
            let payment = self.payments.get(token).filter(|payment| payment.by.psp == told.by.psp);
            payments.push(payment.ok_or(Code::TokenSconosciuto)?);
        }
        if payments.len() > 1 && payments.iter().any(|payment| payment.touch_point.as_deref() != Some(CHECKOUT)) {
            let why = "Outcome non accettabile per token multipli attivati presso il PSP";
            return Err(Refusal::because(Code::Semantica, why));
        }
        if payments.iter().enumerate().any(|(at, one)| payments[..at].iter().any(|before| before.qr == one.qr)) {
            return Err(Refusal::because(Code::Semantica, "Outcome non accettabile per più token dello stesso avviso"));
        }
        let judgements: Vec<_> = payments.iter().map(|payment| self.judge(payment, told.ok, now)).collect();
        if told.ok && judgements.iter().all(|judgement| judgement.kept) && !has_its_stamps(&payments, &told.stamps) {
            return Err(Refusal::because(Code::Semantica, "Check marca da bollo"));
        }
        Ok(judgements)
    }

    /// The table of outcomes: a late OK is refused, and kept all the same when nobody else pays the notice.
    fn judge(&self, payment: &Payment, ok: bool, now: DateTime<Utc>) -> Judgement {
        if let Some(earlier) = &payment.outcome {
            let why = if earlier.ok == ok { "Esito concorde" } else { "Esito discorde" };
            return Judgement { kept: false, answer: Err(Refusal::because(Code::EsitoGiaAcquisito, why)) };
        }
        let alive = payment.state_at(now) == PaymentState::Paying;
        match (alive, ok) {
            (false, false) => Judgement { kept: true, answer: Err(Code::TokenScadutoKo.into()) },
            _ if self.is_paid(&payment.qr) => Code::PagamentoDuplicato.into(),
            (true, _) => Judgement { kept: true, answer: Ok(()) },
            (false, true) if self.is_being_activated(&payment.qr) => {
                let answer = Err(Refusal::because(Code::Semantica, "Activation pending on position"));
                Judgement { kept: false, answer }
            }
            (false, true) if self.is_being_paid(&payment.qr, now) => Code::PagamentoDuplicato.into(),
            (false, true) => Judgement { kept: true, answer: Err(Code::TokenScaduto.into()) },
        }
    }
}

impl Told {
    /// The part of it that is about one payment.
    fn about(&self, token: &str, at: DateTime<Utc>) -> Outcome {
        let own = self.stamps.iter().filter(|stamp| stamp.token == token);
        let stamps = own.map(|stamp| (stamp.transfer, stamp.document.clone())).collect();
        Outcome { ok: self.ok, by: self.by.clone(), at, details: self.details.clone(), stamps }
    }
}

/// Whether exactly those stamps were bought that were asked for.
fn has_its_stamps(payments: &[&Payment], bought: &[BoughtStamp]) -> bool {
    let wanted_by = |payment: &&'_ Payment| {
        let wanted = payment.due.transfers.iter().filter(|transfer| transfer.stamp.is_some());
        wanted.map(|transfer| (payment.token.clone(), transfer.id)).collect::<Vec<_>>()
    };
    let mut wanted: Vec<_> = payments.iter().flat_map(wanted_by).collect();
    let mut bought: Vec<_> = bought.iter().map(|stamp| (stamp.token.clone(), stamp.transfer)).collect();
    wanted.sort();
    bought.sort();
    wanted == bought
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::ledger::tests::{a_payment, later, noon};

    const LIVES: i64 = 0;
    const DIES: i64 = 40;

    /// What a PSP says, and when, in minutes after the activation.
    type Say = (&'static str, bool, i64);

    fn told(ok: bool, tokens: &[&str]) -> Told {
        let by = a_payment("first").by;
        let tokens = tokens.iter().map(|token| (*token).to_owned()).collect();
        Told { by, tokens, ok, details: None, stamps: vec![] }
    }

    fn heard(concluded: &Concluded) -> String {
        let kept = if concluded.paid.is_empty() { "" } else { " and paid" };
        match &concluded.answer {
            Ok(()) => format!("OK{kept}"),
            Err(refusal) => {
                let why = refusal.description.as_deref().map(|text| format!(": {text}")).unwrap_or_default();
                format!("{}{why}{kept}", refusal.code.as_str())
            }
        }
    }

    #[test]
    fn what_a_psp_hears_of_an_outcome() {
        let (early, late) = (LIVES + 5, DIES + 5);
        let table: &[(&str, &[Say], &str)] = &[
            ("never heard of", &[("another", true, early)], "PPT_TOKEN_SCONOSCIUTO"),
            ("never heard of, KO", &[("another", false, early)], "PPT_TOKEN_SCONOSCIUTO"),
            ("in time", &[("first", true, early)], "OK and paid"),
            ("in time, KO", &[("first", false, early)], "OK"),
            ("OK again", &[("first", true, early), ("first", true, early)], "PPT_ESITO_GIA_ACQUISITO: Esito concorde"),
            ("KO again", &[("first", false, early), ("first", false, late)], "PPT_ESITO_GIA_ACQUISITO: Esito concorde"),
            (
                "KO after OK",
                &[("first", true, early), ("first", false, late)],
                "PPT_ESITO_GIA_ACQUISITO: Esito discorde",
            ),
            (
                "OK after KO",
                &[("first", false, early), ("first", true, early)],
                "PPT_ESITO_GIA_ACQUISITO: Esito discorde",
            ),
            ("late, alone", &[("first", true, late)], "PPT_TOKEN_SCADUTO and paid"),
            (
                "late and again",
                &[("first", true, late), ("first", true, late)],
                "PPT_ESITO_GIA_ACQUISITO: Esito concorde",
            ),
            ("late, KO", &[("first", false, late)], "PPT_TOKEN_SCADUTO_KO"),
            (
                "late KO, then OK",
                &[("first", false, late), ("first", true, late)],
                "PPT_ESITO_GIA_ACQUISITO: Esito discorde",
            ),
        ];
        for (what, says, expected) in table {
            let mut ledger = Ledger::default();
            ledger.activate(a_payment("first"));
            let mut last = String::new();
            for (token, ok, minutes) in *says {
                last = heard(&ledger.conclude(&told(*ok, &[token]), later(*minutes)));
            }
            assert_eq!(last, *expected, "{what}");
        }
    }

    #[test]
    fn what_a_late_psp_hears_when_somebody_else_came() {
        type Meanwhile = fn(&mut Ledger);
        let again = |ledger: &mut Ledger| {
            ledger.reserve(&a_payment("second").qr, later(DIES)).unwrap();
            ledger.activate(Payment { expires_at: later(2 * DIES), ..a_payment("second") });
        };
        let paid: Meanwhile = |ledger| {
            ledger.activate(Payment { expires_at: later(2 * DIES), ..a_payment("second") });
            assert_eq!(ledger.conclude(&told(true, &["second"]), later(DIES)).answer, Ok(()));
        };
        let dead: Meanwhile = |ledger| ledger.activate(Payment { expires_at: later(DIES), ..a_payment("second") });
        let asking: Meanwhile = |ledger| ledger.reserve(&a_payment("second").qr, later(DIES)).unwrap();
        for (what, meanwhile, ok, ko) in [
            ("a token lives", again as Meanwhile, "PPT_PAGAMENTO_DUPLICATO", "PPT_TOKEN_SCADUTO_KO"),
            ("a token has paid", paid, "PPT_PAGAMENTO_DUPLICATO", "PPT_TOKEN_SCADUTO_KO"),
            ("a token came and died", dead, "PPT_TOKEN_SCADUTO and paid", "PPT_TOKEN_SCADUTO_KO"),
            (
                "the station is being asked",
                asking,
                "PPT_SEMANTICA: Activation pending on position",
                "PPT_TOKEN_SCADUTO_KO",
            ),
        ] {
            for (said, expected) in [(true, ok), (false, ko)] {
                let mut ledger = Ledger::default();
                ledger.activate(a_payment("first"));
                meanwhile(&mut ledger);
                assert_eq!(
                    heard(&ledger.conclude(&told(said, &["first"]), later(DIES + 5))),
                    expected,
                    "{what} {said}"
                );
            }
        }
    }

    #[test]
    fn a_live_token_of_a_paid_notice() {
        let mut ledger = Ledger::default();
        ledger.activate(a_payment("first"));
        ledger.activate(Payment { expires_at: later(2 * DIES), ..a_payment("second") });
        assert_eq!(heard(&ledger.conclude(&told(true, &["first"]), later(5))), "OK and paid");
        assert_eq!(heard(&ledger.conclude(&told(true, &["second"]), later(5))), "PPT_PAGAMENTO_DUPLICATO");
    }

    #[test]
    fn nobody_concludes_what_another_psp_began() {
        let mut ledger = Ledger::default();
        ledger.activate(a_payment("first"));
        let mut told = told(true, &["first"]);
        told.by.psp = "POSTE3".into();
        assert_eq!(heard(&ledger.conclude(&told, later(5))), "PPT_TOKEN_SCONOSCIUTO");
        assert_eq!(ledger.payment("first").unwrap().state, PaymentState::Paying);
    }

    #[test]
    fn several_tokens_are_of_one_cart_and_go_together() {
        let in_cart = |token: &str, point: &str| {
            let mut payment = Payment { touch_point: Some(point.into()), ..a_payment(token) };
            payment.qr.organization = token.into();
            payment
        };
        let mut ledger = Ledger::default();
        ledger.activate(in_cart("a", CHECKOUT));
        ledger.activate(in_cart("b", CHECKOUT));
        ledger.activate(in_cart("c", "PSP"));
        let refused = "PPT_SEMANTICA: Outcome non accettabile per token multipli attivati presso il PSP";
        assert_eq!(heard(&ledger.conclude(&told(true, &["a", "c"]), later(5))), refused);
        assert_eq!(heard(&ledger.conclude(&told(true, &["a", "x"]), later(5))), "PPT_TOKEN_SCONOSCIUTO");
        assert_eq!(ledger.payment("a").unwrap().state, PaymentState::Paying);
        let both = ledger.conclude(&told(true, &["a", "b"]), later(5));
        assert_eq!(both, Concluded { paid: vec!["a".into(), "b".into()], answer: Ok(()) });
    }

    #[test]
    fn one_notice_is_not_paid_with_two_tokens() {
        let mut ledger = Ledger::default();
        for token in ["a", "b"] {
            ledger.activate(Payment { touch_point: Some(CHECKOUT.into()), ..a_payment(token) });
        }
        let both = ledger.conclude(&told(true, &["a", "b"]), later(DIES + 5));
        assert_eq!(heard(&both), "PPT_SEMANTICA: Outcome non accettabile per più token dello stesso avviso");
        assert_eq!(ledger.payment("a").unwrap().outcome, None);
    }

    #[test]
    fn stamps_are_those_that_were_asked_for() {
        use crate::sandbox::calls::said::StampWanted;
        let bought = |token: &str, transfer| BoughtStamp { token: token.into(), transfer, document: vec![] };
        for (what, stamps, ok) in [
            ("as asked", vec![bought("first", 2)], true),
            ("none", vec![], false),
            ("for another transfer", vec![bought("first", 1)], false),
            ("for another payment", vec![bought("second", 2)], false),
            ("twice", vec![bought("first", 2), bought("first", 2)], false),
        ] {
            let mut payment = a_payment("first");
            let mut stamped = payment.due.transfers[0].clone();
            let wanted = StampWanted { hash: "QUJD".into(), kind: "01".into(), province: "RM".into() };
            (stamped.id, stamped.iban, stamped.stamp) = (2, None, Some(wanted));
            payment.due.transfers.push(stamped);
            let mut ledger = Ledger::default();
            ledger.activate(payment);
            let said = Told { stamps, ..told(true, &["first"]) };
            let expected = if ok { "OK and paid" } else { "PPT_SEMANTICA: Check marca da bollo" };
            assert_eq!(heard(&ledger.conclude(&said, noon())), expected, "{what}");
        }
    }
}
