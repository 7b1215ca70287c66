//! One way to answer for all operations: read, run, write, and the only catch.

use tracing::error;

use super::envelope;
use super::exchange::Incoming;
use super::fault::{About, Error, Fault};
use super::reader::Malformed;
use crate::domain::codes::is_organization_code;
use crate::domain::refusal::Refusal;
use crate::journal::{self, Entry, Outcome};
use crate::settings::OnStoreDown;
use crate::station::Station;
use crate::store::StoreError;
use crate::telemetry::chain;
use crate::use_cases;
use crate::xml::{Element, Writer};

/// A message as it came.
#[derive(Clone, Copy)]
pub(super) struct Message<'m> {
    /// The operation's element in the Body.
    pub(super) root: Element<'m>,
    /// All its bytes.
    pub(super) raw: &'m [u8],
    /// How they came.
    pub(super) incoming: &'m Incoming,
}

/// What the journal will say of an exchange, once its answer is known: for use cases that write to the journal in their
/// own transaction, before the answer leaves.
pub(super) type Witness<'w, A> = dyn Fn(&Result<A, Refusal>) -> Entry + 'w;

/// One primitive of the protocol.
pub(super) trait Operation {
    /// Its name, which is also its SOAPAction.
    const NAME: &'static str;
    /// The element in the Body of its request.
    const REQUEST: &'static str;
    /// The element in the Body of its response.
    const RESPONSE: &'static str;
    /// What a request says.
    type Request;
    /// What an OK says.
    type Answer;
    /// Whether the exchange is in the journal once the use case is done, unless the store failed.
    const KEEPS_JOURNAL: bool = false;

    /// Reads a request, or says where it breaks the contract.
    fn read(root: Element<'_>) -> Result<Self::Request, Malformed>;

    /// Who and what a request is about.
    fn about(request: &Self::Request) -> journal::About;

    /// Which row of the decision tables made an OK, and why, in words for the operator.
    fn why(answer: &Self::Answer) -> (&'static str, String);

    /// Does what is asked.
    async fn run(
        station: &Station,
        request: &Self::Request,
        message: Message<'_>,
        witness: &Witness<'_, Self::Answer>,
    ) -> Result<Self::Answer, use_cases::Error>;

    /// Writes what follows the OK.
    fn write(station: &Station, request: &Self::Request, answer: &Self::Answer, xml: &mut Writer);

    /// What must happen before a malformed message is refused: receipts are kept, with the exchange.
    async fn before_refusal(
        _: &Station,
        _: Message<'_>,
        _: &Malformed,
        _: &(dyn Fn() -> Entry + '_),
    ) -> Result<(), use_cases::Error> {
        Ok(())
    }

    /// How a failure of ours sounds. Receipts answer a SOAP Fault, because the Node asks again hourly, 48 times, after
    /// an HTTP 500, and never again after a KO (`domain` 4.3, A11).
    fn broken(station: &Station, cause: &StoreError) -> Broken {
        // A value that cannot be read is one notice's trouble; the stand-in is for a store that is gone.
        match station.settings.on_store_down {
            OnStoreDown::Unavailable if cause.is_outage() => Broken::Unavailable,
            _ => Broken::Ko,
        }
    }
}

/// How a failure of ours sounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    /// KO `PAA_SYSTEM_ERROR`.
    Ko,
    /// HTTP 503: the Node may start its stand-in.
    Unavailable,
    /// A SOAP Fault, HTTP 500: the Node sends again.
    Fault,
}

/// A reply and what the log and the journal say of it.
#[derive(Debug)]
pub(super) struct Reply {
    /// HTTP status.
    pub(super) status: u16,
    /// The envelope; empty for a 503.
    pub(super) body: String,
    /// Who and what the request is about, as far as it could be read.
    pub(super) about: journal::About,
    /// How it ends.
    pub(super) outcome: Outcome,
    /// The fault code.
    pub(super) fault: Option<&'static str>,
    /// The row of the decision tables that decided.
    pub(super) rule: Option<&'static str>,
    /// Why, in words for the operator; never a person's data.
    pub(super) why: String,
    /// Whether the exchange is in the journal already.
    pub(super) journaled: bool,
    /// How it would sound had the journal failed.
    pub(super) if_lost: fn(&Station, journal::About, StoreError) -> Reply,
}

/// Answers a message that is known to be for this operation: from here on the reply has a shape.
pub(super) async fn answer<O: Operation>(station: &Station, message: Message<'_>) -> Reply {
    let request = match O::read(message.root) {
        Ok(request) => request,
        Err(malformed) => return refuse::<O>(station, message, malformed).await,
    };
    let witness = |verdict: &Result<O::Answer, Refusal>| {
        let reply = match verdict {
            Ok(answer) => yes::<O>(station, &request, answer),
            Err(refusal) => {
                let refused = use_cases::Error::Refused(refusal.clone());
                no::<O>(station, O::about(&request), &Error::UseCase(refused))
            }
        };
        message.incoming.entry(&reply, Some(message.raw.to_vec()))
    };
    match O::run(station, &request, message, &witness).await {
        Ok(answer) => yes::<O>(station, &request, &answer),
        Err(error) => no::<O>(station, O::about(&request), &Error::UseCase(error)),
    }
}

/// A message that breaks the contract (A10). What could be read of its head names the fault's issuer.
async fn refuse<O: Operation>(station: &Station, message: Message<'_>, malformed: Malformed) -> Reply {
    // Only what looks like a code: anything may stand there, also people's data.
    let text = |name| message.root.child(name).map(|element| element.text().into_owned());
    let code = |name| text(name).filter(|text| is_organization_code(text)).unwrap_or_default();
    let operation = O::NAME.to_owned();
    let about =
        journal::About { operation, organization: code("idPA"), broker: code("idBrokerPA"), ..Default::default() };
    let error = Error::Malformed(malformed);
    let Error::Malformed(malformed) = &error else { unreachable!("it was just made") };
    let witness = || message.incoming.entry(&no::<O>(station, about.clone(), &error), Some(message.raw.to_vec()));
    match O::before_refusal(station, message, malformed, &witness).await {
        Ok(()) => no::<O>(station, about, &error),
        Err(failure) => no::<O>(station, about, &Error::UseCase(failure)),
    }
}

fn yes<O: Operation>(station: &Station, request: &O::Request, answer: &O::Answer) -> Reply {
    let body = envelope::close(O::RESPONSE, |xml| {
        xml.element("outcome", "OK");
        O::write(station, request, answer, xml);
    });
    let (rule, why) = O::why(answer);
    let reply = reply::<O>(O::about(request), 200, body, Outcome::Ok);
    Reply { rule: Some(rule), why, ..reply }
}

/// The only catch: a refusal is a KO, a failure sounds as its operation says.
fn no<O: Operation>(station: &Station, about: journal::About, error: &Error) -> Reply {
    if let Some(fault) = Fault::of(error, About::of(&about), &station.settings) {
        return ko::<O>(about, &fault);
    }
    error!(operation = O::NAME, cause = chain(error), "the station failed");
    let broken = match error {
        Error::UseCase(use_cases::Error::Store(cause)) => O::broken(station, cause),
        _ => Broken::Ko,
    };
    let (status, body, outcome, fault) = match broken {
        Broken::Ko => {
            let fault = Fault::system_error(About::of(&about), &station.settings);
            let body = envelope::close(O::RESPONSE, |xml| fault.write(xml));
            (200, body, Outcome::Ko, Some(fault.code.as_str()))
        }
        Broken::Unavailable => (503, String::new(), Outcome::Fault, None),
        Broken::Fault => {
            let body = envelope::fault("Server", "Servizio momentaneamente non disponibile");
            (500, body, Outcome::Fault, None)
        }
    };
    let reply = reply::<O>(about, status, body, outcome);
    Reply { fault, rule: Some("A11"), why: chain(error), journaled: false, ..reply }
}

fn ko<O: Operation>(about: journal::About, fault: &Fault) -> Reply {
    let body = envelope::close(O::RESPONSE, |xml| fault.write(xml));
    let reply = reply::<O>(about, 200, body, Outcome::Ko);
    Reply { fault: Some(fault.code.as_str()), rule: Some(fault.rule), why: fault.why.clone(), ..reply }
}

fn reply<O: Operation>(about: journal::About, status: u16, body: String, outcome: Outcome) -> Reply {
    Reply {
        status,
        body,
        about,
        outcome,
        fault: None,
        rule: None,
        why: String::new(),
        journaled: O::KEEPS_JOURNAL,
        if_lost: |station, about, cause| no::<O>(station, about, &Error::UseCase(use_cases::Error::Store(cause))),
    }
}
