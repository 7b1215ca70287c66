//! The acts of a payment (`domain` 2): verify, activate, outcome, receipts; and what may go wrong on the way.

use std::time::Duration;

use chrono::{Days, Utc};
use chrono_tz::Europe::Rome;

use super::Fail;
use super::teller::{Delivery, Follow, Teller, harmless};
use crate::cli::Failure;
use crate::domain::amount::AmountOrZero;
use crate::domain::receipt::Version;
use crate::sandbox::calls::message::Qr;
use crate::sandbox::calls::said::Transfer;
use crate::sandbox::psp::{Activated, Activation, Answer, Fault, Paid, Payable, Psp};
use crate::sandbox::receipts::{ReceiptPage, a_stamp};
use crate::sandbox::{BoughtStamp, Code, OutcomeDetails};

/// How long a token lives that nobody is to use in time.
const SHORT_LIFE: Duration = Duration::from_secs(1);

/// A payment on its way.
pub(super) struct Journey {
    pub(super) psp: Psp,
    pub(super) qr: Qr,
    pub(super) version: Version,
    /// What is to go wrong.
    pub(super) fail: Option<Fail>,
    /// Whether stamps are bought.
    pub(super) stamps: bool,
    /// Whether the Node ends with the payment.
    pub(super) own: bool,
    /// How long receipts are followed.
    pub(super) patience: Duration,
    pub(super) teller: Teller,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// Paid, and whoever is to know it does.
    Paid,
    /// Paid, and somebody will not have it.
    Refused,
    /// Paid, and somebody does not know yet.
    Pending,
    /// Not paid.
    NotPaid,
    /// It failed as it was to fail.
    AsAsked,
}

/// Why a payment does not go on.
enum Stop {
    /// The Node said no.
    Refused(Box<Fault>),
    /// Something failed that is no answer.
    Failed(Failure),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Stop {
        Stop::Failed(failure)
    }
}

impl Journey {
    /// Goes all the way and says how it ended.
    pub(super) async fn run(&mut self) -> Result<Ending, Failure> {
        let (notice, creditor, psp) = (&self.qr.notice, &self.qr.organization, &self.psp.by.psp);
        self.teller
            .line(&format!("Notice {notice} of {creditor}, paid at {psp} through the Node at {}", self.psp.node));
        let went = match self.fail {
            Some(Fail::Outcome) => self.failing().await,
            Some(Fail::Timeout) => self.coming_late().await,
            Some(Fail::Drop) | None => self.paying().await,
        };
        match went {
            Ok(ending) => Ok(ending),
            Err(Stop::Refused(fault)) => {
                let said = fault.original_code.as_ref().unwrap_or(&fault.code);
                self.teller.bad(&format!("Not paid: {said}."));
                if let Some(cure) = self.cure(&fault) {
                    self.teller.line(cure);
                }
                Ok(Ending::NotPaid)
            }
            Err(Stop::Failed(failure)) => Err(failure),
        }
    }

    /// All goes well, but perhaps for an answer that gets lost.
    async fn paying(&mut self) -> Result<Ending, Stop> {
        let activated = self.begin(None).await?;
        if self.lacks_stamps(&activated) {
            return self.without_stamps(&activated).await;
        }
        self.teller.act("The PSP has the money and says so. The Node thanks, and owes receipts.");
        let paid = self.paid(&activated);
        self.outcome(&activated.token, Some(&paid)).await?;
        let delivery = self.receipts(&activated.token).await?;
        let told = format!("Paid: {} EUR, receipt {}", activated.amount.euro(), activated.token);
        let receipts = match self.accepted(&told, delivery) {
            Ok(receipts) => receipts,
            Err(ending) => return Ok(ending),
        };
        match receipts.iter().find(|receipt| receipt.attempts > 1) {
            Some(again) if self.fail == Some(Fail::Drop) => {
                let (station, attempts, last) = (&again.station, again.attempts, again.last_word());
                self.teller.good(&format!("{told}. {station} was told {attempts} times; its last word is {last}."));
                Ok(Ending::AsAsked)
            }
            _ => {
                self.teller.good(&format!("{told}. Whoever is to have it has answered."));
                Ok(Ending::Paid)
            }
        }
    }

    /// Whether the notice asks for stamps that nobody is to buy.
    fn lacks_stamps(&self, activated: &Activated) -> bool {
        !self.stamps && activated.transfers.iter().any(|transfer| transfer.stamp.is_some())
    }

    /// Gives the notice back, so that it can be paid with its stamps.
    async fn without_stamps(&mut self, activated: &Activated) -> Result<Ending, Stop> {
        self.teller.act("The notice asks for a digital stamp, and the PSP is to buy none: it says KO.");
        self.outcome(&activated.token, None).await?;
        self.teller.bad("Not paid: the notice asks for a digital stamp. It is free again; --stamp pays it.");
        Ok(Ending::NotPaid)
    }

    /// The PSP says no: nothing has happened, and the notice is free.
    async fn failing(&mut self) -> Result<Ending, Stop> {
        let activated = self.begin(None).await?;
        self.teller.act("Something goes wrong at the PSP: it says KO. The station hears nothing of it.");
        self.outcome(&activated.token, None).await?;
        self.verify("Can the notice still be paid?").await?;
        self.teller.good("As asked: the PSP failed, and the notice is free again.");
        Ok(Ending::AsAsked)
    }

    /// The PSP comes back when nobody waits for it any more.
    async fn coming_late(&mut self) -> Result<Ending, Stop> {
        let activated = self.begin(Some(SHORT_LIFE)).await?;
        if self.lacks_stamps(&activated) {
            return self.without_stamps(&activated).await;
        }
        let (life, late) = (SHORT_LIFE.as_millis(), SHORT_LIFE + Duration::from_millis(200));
        self.teller
            .act(&format!("The PSP is silent, and after {life} ms its token dies. Then it says that it was paid."));
        tokio::time::sleep(late).await;
        let paid = self.paid(&activated);
        match self.outcome(&activated.token, Some(&paid)).await {
            Err(Stop::Refused(fault)) if fault.code == Code::TokenScaduto.as_str() => {}
            Err(stop) => return Err(stop),
            Ok(()) => {
                self.teller.bad("Not as asked: the Node took an outcome that came too late.");
                return Ok(Ending::NotPaid);
            }
        }
        let delivery = self.receipts(&activated.token).await?;
        let told = format!("As asked: {} for the PSP. The money has moved all the same", Code::TokenScaduto.as_str());
        Ok(match self.accepted(&told, delivery) {
            Ok(_) => {
                self.teller.good(&format!("{told}, and the receipt is where it belongs."));
                Ending::AsAsked
            }
            Err(ending) => ending,
        })
    }

    /// Verifies and activates.
    async fn begin(&mut self, life: Option<Duration>) -> Result<Activated, Stop> {
        let payable = self.verify("Can the notice be paid? The PSP asks the Node, the Node asks the station.").await?;
        self.teller.act("The PSP begins to pay: the Node asks what for, and locks the notice.");
        let activation = Activation { qr: &self.qr, amount: payable.amount, life };
        let answer = self.psp.activate(self.version, &activation).await;
        let activated = self.heard(answer).await?;
        let shares = activated.transfers.len();
        let word = if shares == 1 { "transfer" } else { "transfers" };
        self.teller.note(&format!("token {}, {} EUR in {shares} {word}", activated.token, activated.amount.euro()));
        Ok(activated)
    }

    async fn verify(&mut self, title: &str) -> Result<Payable, Stop> {
        self.teller.act(title);
        let answer = self.psp.verify(&self.qr).await;
        let payable = self.heard(answer).await?;
        let Payable { amount, description, company_name } = &payable;
        self.teller.note(&format!("{}, {} EUR, to {company_name}", description, amount.euro()));
        Ok(payable)
    }

    async fn outcome(&mut self, token: &str, paid: Option<&Paid>) -> Result<(), Stop> {
        let answer = self.psp.outcome(self.version, token, paid).await;
        self.teller.catch_up_with_the_psp().await?;
        said(answer)
    }

    async fn receipts(&mut self, token: &str) -> Result<Delivery, Stop> {
        self.teller.act("The Node tells everybody who is paid.");
        let follow = Follow { patience: self.patience, again: self.fail == Some(Fail::Drop) };
        Ok(self.teller.follow(token, follow).await?)
    }

    /// What the Node said; the story up to it is told first.
    async fn heard<T>(&mut self, answer: Answer<T>) -> Result<T, Stop> {
        self.teller.catch_up().await?;
        said(answer)
    }

    /// How it was paid: by card, in an app, for one euro and a half; and the stamps that are wanted.
    fn paid(&self, activated: &Activated) -> Paid {
        let now = Utc::now();
        let today = now.with_timezone(&Rome).date_naive();
        let issuer = self.psp.fiscal_code.as_ref().unwrap_or(&self.psp.by.psp);
        let stamp_of = |transfer: &Transfer| {
            let document = a_stamp(&transfer.stamp.as_ref()?.hash, transfer.amount, issuer, now);
            Some(BoughtStamp { token: activated.token.clone(), transfer: transfer.id, document })
        };
        let details = OutcomeDetails {
            payment_method: "creditCard".into(),
            payment_channel: Some("app".into()),
            fee: AmountOrZero::from_cents(150).unwrap_or_default(),
            primary_ci_incurred_fee: None,
            id_bundle: None,
            id_ci_bundle: None,
            payer: None,
            application_date: today,
            transfer_date: today.checked_add_days(Days::new(1)).unwrap_or(today),
        };
        let stamps = if self.stamps { activated.transfers.iter().filter_map(stamp_of).collect() } else { vec![] };
        Paid { details, stamps }
    }

    /// The receipts, where everybody has taken his; else who has not, and how that ends.
    fn accepted(&mut self, what: &str, delivery: Delivery) -> Result<Vec<ReceiptPage>, Ending> {
        let why = match delivery {
            Delivery::Answered(receipts) => {
                let refused = |it: &ReceiptPage| Some(format!("{} with {}", it.station, it.refusal()?));
                let refused: Vec<_> = receipts.iter().filter_map(refused).collect();
                if refused.is_empty() {
                    return Ok(receipts);
                }
                let who = refused.join(", ");
                self.teller.bad(&format!("{what}. But the receipt was refused by {who}, and a KO is final."));
                return Err(Ending::Refused);
            }
            Delivery::Held => "The Node holds the receipts until somebody asks for them",
            Delivery::Waiting => "A receipt got no answer that the Node can use",
            Delivery::OnItsWay => "A receipt is on its way, and no answer is here yet",
        };
        self.teller.bad(&format!("{what}. {why}."));
        if self.own {
            self.teller.line("This Node ends here; one that runs (`ec-station sandbox`, then --node) sends it again.");
        }
        Err(Ending::Pending)
    }

    /// What helps, where we know it.
    fn cure(&self, fault: &Fault) -> Option<&'static str> {
        (fault.code == Code::Semantica.as_str() && self.version == Version::V1)
            .then_some("A notice that asks for a digital stamp is paid without --v1, and with --stamp.")
    }
}

fn said<T>(answer: Answer<T>) -> Result<T, Stop> {
    match answer {
        Answer::Ok(said) => Ok(said),
        Answer::Ko(fault) => Err(Stop::Refused(Box::new(fault))),
        Answer::Nothing(why) => Err(Failure::Other(harmless(&why)).into()),
    }
}
