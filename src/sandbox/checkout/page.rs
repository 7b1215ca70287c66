//! What Checkout's stand-in shows to people, in Italian: the cart with its form, and what became of it.

use askama::Template;
use serde::Deserialize;
use url::Url;

use super::cart::{Cart, CartNotice};
use super::shelf::State;
use super::till::{FEE_CENTS, Stopped, psps};
use crate::domain::notice_codes::{in_groups, italian_amount};
use crate::sandbox::fault::Code;
use crate::sandbox::node::Node;
use crate::sandbox::psp::Fault;

/// How the pages look.
pub(in crate::sandbox) const STYLE: &str = include_str!("html/style.css");

/// A page, and where its forms may lead.
pub(in crate::sandbox) struct Page {
    /// The document.
    pub(in crate::sandbox) html: String,
    /// The origins of the addresses to which an answer to its form may send the browser.
    pub(in crate::sandbox) origins: Vec<String>,
}

/// What stands in the form.
#[derive(Deserialize)]
pub(super) struct Filled {
    /// Where the confirmation is to go.
    #[serde(default)]
    pub(super) email: String,
    /// Through whom it is paid.
    #[serde(default)]
    pub(super) psp: String,
}

impl Filled {
    /// Before anybody has written in it.
    pub(super) fn before(cart: &Cart) -> Filled {
        Filled { email: cart.email.clone(), psp: String::new() }
    }
}

/// Why the form comes again.
pub(super) enum Trouble {
    /// The address is none.
    Email,
    /// Nobody is to take the money.
    Psp,
    /// The payment was stopped.
    Stopped(Stopped),
}

#[derive(Template)]
#[template(path = "checkout/html/cart.html")]
struct CartPage<'p> {
    rows: Vec<Row<'p>>,
    total: String,
    fee: String,
    email: &'p str,
    email_is_wrong: bool,
    psps: Vec<Choice<'p>>,
    trouble: Option<String>,
    back: &'p Url,
}

#[derive(Template)]
#[template(path = "checkout/html/end.html")]
struct EndPage<'p> {
    title: &'p str,
    text: &'p str,
    waiting: bool,
    back: Option<&'p Url>,
}

struct Row<'p> {
    company_name: &'p str,
    description: &'p str,
    notice: String,
    amount: String,
}

impl<'p> Row<'p> {
    fn of(notice: &'p CartNotice) -> Row<'p> {
        Row {
            company_name: &notice.company_name,
            description: &notice.description,
            notice: in_groups(&notice.qr.notice),
            amount: euro(notice.amount.cents()),
        }
    }
}

struct Choice<'p> {
    id: &'p str,
    name: &'p str,
    chosen: bool,
}

impl Page {
    /// The cart and its form.
    pub(super) fn asking(node: &Node, cart: &Cart, filled: &Filled, trouble: Option<Trouble>) -> Page {
        let mut choices: Vec<_> = psps(&node.participants)
            .map(|(psp, ..)| Choice { id: &psp.id_psp, name: &psp.company_name, chosen: psp.id_psp == filled.psp })
            .collect();
        if let Some(first) = choices.first_mut().filter(|_| filled.psp.is_empty()) {
            first.chosen = true;
        }
        let page = CartPage {
            rows: cart.notices.iter().map(Row::of).collect(),
            total: euro(cart.total_cents()),
            fee: euro(FEE_CENTS),
            email: &filled.email,
            email_is_wrong: matches!(trouble, Some(Trouble::Email)),
            psps: choices,
            trouble: trouble.as_ref().map(in_words),
            back: &cart.returns.error,
        };
        let returns = &cart.returns;
        let urls = [Some(&returns.ok), Some(&returns.cancel), Some(&returns.error), returns.waiting.as_ref()];
        let mut origins: Vec<_> = urls.into_iter().flatten().map(|url| url.origin().ascii_serialization()).collect();
        origins.sort();
        origins.dedup();
        Page { html: page.render().unwrap_or_default(), origins }
    }

    /// What became of a cart.
    pub(super) fn telling(cart: &Cart, state: State) -> Page {
        let returns = &cart.returns;
        let (title, text, back) = match state {
            State::Open | State::Paying => (
                "Esito in arrivo",
                "Il pagamento è in corso e il suo esito non è ancora noto. Non pagare di nuovo.",
                returns.waiting.as_ref(),
            ),
            State::Paid => ("Pagamento riuscito", "Questo carrello è stato pagato.", Some(&returns.ok)),
            State::Failed => (
                "Pagamento non riuscito",
                "Questo carrello non è stato pagato e nulla è stato addebitato: gli avvisi restano da pagare.",
                Some(&returns.error),
            ),
            State::Cancelled => ("Pagamento annullato", "Questo carrello è stato annullato.", Some(&returns.cancel)),
        };
        let page = EndPage { title, text, waiting: state == State::Paying, back };
        Page { html: page.render().unwrap_or_default(), origins: vec![] }
    }
}

/// The page of a cart that is not there.
pub(in crate::sandbox) fn gone() -> Page {
    let text = "Questo carrello non esiste, oppure è scaduto. Torna da chi ti ha mandato qui e ricomincia.";
    let page = EndPage { title: "Carrello non trovato", text, waiting: false, back: None };
    Page { html: page.render().unwrap_or_default(), origins: vec![] }
}

fn in_words(trouble: &Trouble) -> String {
    match trouble {
        Trouble::Email => "Scrivi il tuo indirizzo e-mail, per esempio nome@example.org.".into(),
        Trouble::Psp => "Scegli con chi pagare.".into(),
        Trouble::Stopped(Stopped::OtherAmount) => {
            "L’importo è cambiato: non è stato pagato nulla. Controlla il nuovo importo e paga di nuovo.".into()
        }
        Trouble::Stopped(Stopped::Refused(notice, fault)) => {
            let number = in_groups(&notice.qr.notice);
            let codes: Vec<_> = [Some(&fault.code), fault.original_code.as_ref()].into_iter().flatten().collect();
            let codes: Vec<_> = codes.into_iter().filter(|code| !code.is_empty()).map(String::as_str).collect();
            let codes = if codes.is_empty() { String::new() } else { format!(" Codice: {}.", codes.join(", ")) };
            format!("{} Avviso {number}. Non è stato pagato nulla.{codes}", reason(fault))
        }
    }
}

/// Why a notice cannot be paid, in plain words.
fn reason(fault: &Fault) -> &'static str {
    let is = |codes: &[Code]| codes.iter().any(|code| code.as_str() == fault.code);
    use Code::*;
    if is(&[PagamentoDuplicato]) {
        "Questo avviso risulta già pagato."
    } else if is(&[PagamentoInCorso]) {
        "Per questo avviso c’è già un pagamento in corso: aspetta mezz’ora e riprova."
    } else if is(&[ErroreEmessoDaPaa]) {
        "L’ente non accetta il pagamento di questo avviso."
    } else if is(&[DominioSconosciuto, DominioDisabilitato, StazioneIntPaSconosciuta, StazioneIntPaDisabilitata]) {
        "L’ente di questo avviso non è tra quelli che si possono pagare qui."
    } else if is(&[
        StazioneIntPaIrraggiungibile,
        StazioneIntPaTimeout,
        StazioneIntPaServizioNonAttivo,
        StazioneIntPaErroreResponse,
    ]) {
        "L’ente non risponde come dovrebbe: riprova più tardi."
    } else {
        "Il pagamento di questo avviso non è possibile."
    }
}

/// As Italians write an amount: `1.020,99 €`.
fn euro(cents: i64) -> String {
    format!("{}\u{a0}€", italian_amount(cents))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_is_told_in_words_with_its_codes() {
        for (code, original, told) in [
            (Code::PagamentoDuplicato, None, "già pagato"),
            (Code::PagamentoInCorso, None, "già un pagamento in corso"),
            (Code::ErroreEmessoDaPaa, Some("X_SCADUTO"), "non accetta"),
            (Code::DominioSconosciuto, None, "si possono pagare qui"),
            (Code::StazioneIntPaTimeout, None, "non risponde"),
            (Code::SystemError, None, "non è possibile"),
        ] {
            let original_code = original.map(str::to_owned);
            let fault = Fault { code: code.as_str().into(), original_code, ..Fault::default() };
            assert!(reason(&fault).contains(told), "{told}");
            let cart =
                Cart::read(super::super::cart::tests::a_body().to_string().as_bytes(), super::super::Generation::V1);
            let notice = Box::new(cart.unwrap().notices.remove(0));
            let words = in_words(&Trouble::Stopped(Stopped::Refused(notice, Box::new(fault))));
            assert!(words.contains(code.as_str()) && original.is_none_or(|code| words.contains(code)), "{words}");
            assert!(words.contains("3070 0000 0001 2345 73"), "{words}");
        }
    }
}
