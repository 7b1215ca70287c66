//! `paDemandPaymentNotice`: read as the contract says, and declined while the service is not offered.

use std::convert::Infallible;

use super::facets::{BASE64, SERVICE, SERVICE_SUBJECT};
use super::operation::{Broken, Message, Operation, Witness};
use super::reader::{Fields, Malformed};
use super::verify::read_caller;
use crate::domain::registry::Caller;
use crate::journal::About;
use crate::station::Station;
use crate::store::StoreError;
use crate::use_cases::{self, demand_notice};
use crate::xml::{Element, Writer};

pub(super) struct Demand;

impl Operation for Demand {
    const NAME: &'static str = "paDemandPaymentNotice";
    const REQUEST: &'static str = "paDemandPaymentNoticeRequest";
    const RESPONSE: &'static str = "paDemandPaymentNoticeResponse";
    type Request = Caller;
    type Answer = Infallible;

    fn read(root: Element<'_>) -> Result<Caller, Malformed> {
        let mut fields = Fields::of(root, Self::REQUEST)?;
        let caller = read_caller(&mut fields)?;
        fields.required("idServizio", &SERVICE)?;
        fields.required("idSoggettoServizio", &SERVICE_SUBJECT)?;
        fields.required("datiSpecificiServizioRequest", &BASE64)?;
        fields.end()?;
        Ok(caller)
    }

    fn about(request: &Caller) -> About {
        let Caller { organization, broker, station } = request.clone();
        About { operation: Self::NAME.into(), organization, broker, station, ..About::default() }
    }

    fn why(answer: &Infallible) -> (&'static str, String) {
        match *answer {}
    }

    async fn run(
        station: &Station,
        request: &Caller,
        _: Message<'_>,
        _: &Witness<'_, Infallible>,
    ) -> Result<Infallible, use_cases::Error> {
        demand_notice(station, request).await
    }

    /// The stand-in serves verify and get; a spontaneous payment has no other answer to wait for.
    fn broken(_: &Station, _: &StoreError) -> Broken {
        Broken::Ko
    }

    fn write(_: &Station, _: &Caller, answer: &Infallible, _: &mut Writer) {
        match *answer {}
    }
}
