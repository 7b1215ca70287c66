//! One way to answer for all operations: read, run, write, and the only catch.

use tracing::error;

use super::envelope;
use super::fault::{About, Error, Fault};
use super::reader::Malformed;
use crate::domain::codes::is_organization_code;
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
}

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

    /// Reads a request, or says where it breaks the contract.
    fn read(root: Element<'_>) -> Result<Self::Request, Malformed>;

    /// Who and what a request is about, for faults and the log.
    fn about(request: &Self::Request) -> About<'_>;

    /// Does what is asked.
    async fn run(
        station: &Station,
        request: &Self::Request,
        message: Message<'_>,
    ) -> Result<Self::Answer, use_cases::Error>;

    /// Writes what follows the OK.
    fn write(station: &Station, request: &Self::Request, answer: &Self::Answer, xml: &mut Writer);

    /// What must happen before a malformed message is refused: receipts are kept.
    async fn before_refusal(_: &Station, _: Message<'_>, _: &Malformed) -> Result<(), use_cases::Error> {
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

/// A reply and what the log says of it.
#[derive(Debug)]
pub(super) struct Reply {
    /// HTTP status.
    pub(super) status: u16,
    /// The envelope; empty for a 503.
    pub(super) body: String,
    /// The operation.
    pub(super) operation: &'static str,
    /// The organization that was called, as far as it could be read.
    pub(super) organization: String,
    /// The notice, as far as it could be read.
    pub(super) notice: String,
    /// `OK`, `KO` or `FAULT`.
    pub(super) outcome: &'static str,
    /// The fault code.
    pub(super) fault: Option<&'static str>,
    /// The row of the decision tables that decided.
    pub(super) rule: Option<&'static str>,
}

/// Answers a message that is known to be for this operation: from here on the reply has a shape.
pub(super) async fn answer<O: Operation>(station: &Station, message: Message<'_>) -> Reply {
    let request = match O::read(message.root) {
        Ok(request) => request,
        Err(malformed) => return refuse::<O>(station, message, malformed).await,
    };
    let about = O::about(&request);
    match O::run(station, &request, message).await {
        Ok(answer) => {
            let body = envelope::close(O::RESPONSE, |xml| {
                xml.element("outcome", "OK");
                O::write(station, &request, &answer, xml);
            });
            reply::<O>(about, 200, body, "OK", None, None)
        }
        Err(error) => no::<O>(station, about, &Error::UseCase(error)),
    }
}

/// A message that breaks the contract (A10). What could be read of its head names the fault's issuer.
async fn refuse<O: Operation>(station: &Station, message: Message<'_>, malformed: Malformed) -> Reply {
    // Only what looks like a code: anything may stand there, also people's data.
    let text = |name| message.root.child(name).map(|element| element.text().into_owned());
    let code = |name| text(name).filter(|text| is_organization_code(text)).unwrap_or_default();
    let (organization, broker) = (code("idPA"), code("idBrokerPA"));
    let about = About { organization: &organization, broker: &broker, notice: "" };
    match O::before_refusal(station, message, &malformed).await {
        Ok(()) => no::<O>(station, about, &Error::Malformed(malformed)),
        Err(failure) => no::<O>(station, about, &Error::UseCase(failure)),
    }
}

/// The only catch: a refusal is a KO, a failure sounds as its operation says.
fn no<O: Operation>(station: &Station, about: About<'_>, error: &Error) -> Reply {
    if let Some(fault) = Fault::of(error, about, &station.settings) {
        return ko::<O>(about, &fault);
    }
    error!(operation = O::NAME, cause = chain(error), "the station failed");
    let broken = match error {
        Error::UseCase(use_cases::Error::Store(cause)) => O::broken(station, cause),
        _ => Broken::Ko,
    };
    match broken {
        Broken::Ko => ko::<O>(about, &Fault::system_error(about)),
        Broken::Unavailable => reply::<O>(about, 503, String::new(), "FAULT", None, Some("A11")),
        Broken::Fault => {
            let body = envelope::fault("Server", "Servizio momentaneamente non disponibile");
            reply::<O>(about, 500, body, "FAULT", None, Some("A11"))
        }
    }
}

fn ko<O: Operation>(about: About<'_>, fault: &Fault) -> Reply {
    let body = envelope::close(O::RESPONSE, |xml| fault.write(xml));
    reply::<O>(about, 200, body, "KO", Some(fault.code.as_str()), Some(fault.rule))
}

fn reply<O: Operation>(
    about: About<'_>,
    status: u16,
    body: String,
    outcome: &'static str,
    fault: Option<&'static str>,
    rule: Option<&'static str>,
) -> Reply {
    // What came in a malformed message is anybody's text: the log takes no more of it than a code needs.
    let shown = |code: &str| code.chars().filter(|c| !c.is_control()).take(35).collect();
    let (organization, notice) = (shown(about.organization), shown(about.notice));
    Reply { status, body, operation: O::NAME, organization, notice, outcome, fault, rule }
}
