//! A sample of every message, with all it may hold, in a notation of our own: `name=value`, `name{...}`, a `?`
//! after the name of what may be left out, `@name:value` for an attribute, `~` for a blank. Written by hand from the published contracts.

/// An element of a message.
#[derive(Clone, Debug, Default)]
pub struct Part {
    pub name: String,
    pub optional: bool,
    /// As written, with a blank before each.
    pub attributes: String,
    pub content: Vec<Content>,
}

#[derive(Clone, Debug)]
pub enum Content {
    Part(Part),
    /// Escaped when it is written.
    Text(String),
    /// Written as it is.
    Markup(String),
}

impl Part {
    pub fn named(name: &str) -> Part {
        Part { name: name.into(), ..Part::default() }
    }

    pub fn value(&self) -> Option<&str> {
        match self.content.as_slice() {
            [Content::Text(text)] => Some(text),
            _ => None,
        }
    }

    pub fn parts(&self) -> impl Iterator<Item = (usize, &Part)> {
        self.content.iter().enumerate().filter_map(|(at, content)| match content {
            Content::Part(part) => Some((at, part)),
            _ => None,
        })
    }

    pub fn write(&self, out: &mut String) {
        out.push_str(&format!("<{}{}>", self.name, self.attributes));
        for content in &self.content {
            match content {
                Content::Part(part) => part.write(out),
                Content::Text(text) => {
                    out.push_str(
                        &text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\r', "&#13;"),
                    );
                }
                Content::Markup(markup) => out.push_str(markup),
            }
        }
        out.push_str(&format!("</{}>", self.name.split(' ').next().unwrap()));
    }
}

/// Reads the notation.
pub fn read(notation: &str) -> Vec<Part> {
    let mut open = vec![Part::default()];
    for token in notation.replace('{', "{ ").replace('}', " } ").split_whitespace() {
        if token == "}" {
            let part = open.pop().unwrap();
            open.last_mut().unwrap().content.push(Content::Part(part));
            continue;
        }
        let (name, value) = match token.strip_suffix('{') {
            Some(name) => (name, None),
            None => token.split_once('=').map(|(name, value)| (name, Some(value))).unwrap_or((token, Some(""))),
        };
        let (name, attribute) = name.split_once('@').unwrap_or((name, ""));
        let mut part = Part { optional: name.ends_with('?'), ..Part::named(name.trim_end_matches('?')) };
        if let Some((key, value)) = attribute.split_once(':') {
            part.attributes = format!(" {key}=\"{value}\"");
        }
        match value {
            None => open.push(part),
            Some(value) => {
                part.content.push(Content::Text(value.replace('~', " ")));
                open.last_mut().unwrap().content.push(Content::Part(part));
            }
        }
    }
    let parts = open.pop().unwrap().content;
    parts.into_iter().filter_map(|content| if let Content::Part(part) = content { Some(part) } else { None }).collect()
}

const SUBJECT: &str = "uniqueIdentifier{entityUniqueIdentifierType=G entityUniqueIdentifierValue=99000001018}
    fullName=Comune~di~Prova streetName?=Via~Lunga civicNumber?=1 postalCode?=00100 city?=Roma
    stateProvinceRegion?=RM country?=IT e-mail?=a.b@c.it";
const METADATA: &str = "metadata?{mapEntry{key=k value=v} mapEntry{key=k value=v}}";
const STAMP: &str = "richiestaMarcaDaBollo{hashDocumento=QUJDRA== tipoBollo=01 provinciaResidenza=RM}";
const QR_CODE: &str = "fiscalCode=99000001018 noticeNumber=302000000000000001";
const FAULT: &str = "outcome=KO fault?{faultCode=PAA_X faultString=x id=99000001018 description?=x serial?=1
    originalFaultCode?=x originalFaultString?=x originalDescription?=x}";
const OPTION: &str = "amount=10.00 options=EQ dueDate?=2026-12-31";
const SHARE: &str = "idTransfer=1 transferAmount=5.00 fiscalCodePA=99000001018";
const REASON: &str = "remittanceInformation=x transferCategory=9/0101 $METADATA";
const IBAN: &str = "IT57N0760114800000011050036";

pub fn pa_for_node() -> Vec<Part> {
    let paid = "receiptId=x noticeNumber=302000000000000001 fiscalCode=99000001018 outcome=OK
        creditorReferenceId=02000000000000001 paymentAmount=10.00 description=x companyName=x officeName?=x
        debtor{$SUBJECT}";
    let payer = "idPSP=x pspFiscalCode?=x pspPartitaIVA?=x PSPCompanyName=x idChannel=x channelDescription=x
        payer?{$SUBJECT} paymentMethod?=x";
    let when = "paymentDateTime?=2026-12-31T12:00:00 applicationDate?=2026-12-31 transferDate?=2026-12-31 $METADATA
        standIn?=true";
    let due = "creditorReferenceId=02000000000000001 paymentAmount=10.00 dueDate=2026-12-31
        retentionDate?=2026-12-31T12:00:00 lastPayment?=true description=x";
    let found = "paymentList?{paymentOptionDescription{$OPTION detailDescription?=x allCCP=false}}
        paymentDescription?=x fiscalCodePA?=99000001018 companyName?=x officeName?=x";
    let asked = "qrCode{$QR} amount?=10.00 paymentNote?=x transferType?=POSTAL dueDate?=2026-12-31";
    messages(&format!(
        "paVerifyPaymentNoticeReq{{$ADDRESSEE qrCode{{$QR}}}}
         paVerifyPaymentNoticeRes{{outcome=OK {found}}} paVerifyPaymentNoticeRes{{$FAULT}}
         paDemandPaymentNoticeRequest{{$ADDRESSEE idServizio=00001 idSoggettoServizio=00001
         datiSpecificiServizioRequest=QUJD}}
         paDemandPaymentNoticeResponse{{outcome=OK qrCode?{{$QR}} {found}}}
         paGetPaymentReq{{$ADDRESSEE {asked}}} paGetPaymentV2Request{{$ADDRESSEE {asked}}}
         paGetPaymentRes{{outcome=OK data?{{{due} companyName?=x officeName?=x debtor{{$SUBJECT}} transferList{{
         transfer{{$SHARE IBAN=$IBAN $REASON}} transfer{{$SHARE IBAN=$IBAN $REASON}}}} $METADATA}}}}
         paGetPaymentV2Response{{outcome=OK data?{{{due} companyName=x officeName?=x debtor{{$SUBJECT}} transferList{{
         transfer{{$SHARE companyName?=x IBAN=$IBAN $REASON}} transfer{{$SHARE companyName?=x $STAMP $REASON}}}}
         $METADATA}}}} paGetPaymentV2Response{{$FAULT}}
         paSendRTReq{{$ADDRESSEE receipt{{{paid} transferList{{transfer{{$SHARE IBAN=$IBAN $REASON}}}} {payer}
         fee?=1.00 {when}}}}}
         paSendRTV2Request{{$ADDRESSEE receipt{{{paid} transferList{{transfer{{$SHARE companyName?=x IBAN=$IBAN $REASON}}
         transfer{{$SHARE MBDAttachment=QUJD $REASON}}}} {payer} paymentNote?=x fee?=1.00 primaryCiIncurredFee?=1.00
         idBundle?=x idCiBundle?=x {when}}}}}
         paSendRTRes{{outcome=OK}} paSendRTRes{{$FAULT}} paSendRTV2Response{{$FAULT}}"
    ))
}

pub fn node_for_psp() -> Vec<Part> {
    let caller = "idPSP=x idBrokerPSP=x idChannel=x password=password";
    let key = "idempotencyKey?=99000001018_abcdeABCDE";
    let asked =
        format!("{caller} {key} qrCode{{$QR}} expirationTime?=6000 amount=10.00 dueDate?=2026-12-31 paymentNote?=x");
    let found = "paymentList?{paymentOptionDescription{$OPTION paymentNote?=x} paymentOptionDescription{$OPTION}}
        paymentDescription?=x fiscalCodePA?=99000001018 companyName?=x officeName?=x";
    let how = "paymentMethod=cash paymentChannel?=atm fee=1.00";
    let when = "payer?{$SUBJECT} applicationDate=2026-12-31 transferDate=2026-12-31";
    let activated = "totalAmount?=10.00 paymentDescription?=x fiscalCodePA?=99000001018 companyName?=x officeName?=x
        paymentToken?=x";
    let channel = "identificativoPSP=x identificativoIntermediarioPSP=x identificativoCanale=x password=password";
    messages(&format!(
        "verifyPaymentNoticeReq{{{caller} qrCode{{$QR}}}}
         verifyPaymentNoticeRes{{outcome=OK {found} standin?=true}} verifyPaymentNoticeRes{{$FAULT}}
         verificaBollettinoReq{{{caller} ccPost=000011050036 noticeNumber=302000000000000001}}
         verificaBollettinoRes{{outcome=OK paymentBollettinoList?{{paymentOptionDescription{{$OPTION paymentNote?=x
         allCCP=true}}}} paymentDescription?=x fiscalCodePA?=99000001018 noticeNumber?=302000000000000001
         companyName?=x officeName?=x}}
         demandPaymentNoticeRequest{{{caller} idSoggettoServizio=00001 datiSpecificiServizio=QUJD}}
         demandPaymentNoticeResponse{{outcome=OK qrCode?{{$QR}} {found}}}
         activatePaymentNoticeReq{{{asked}}} activatePaymentNoticeV2Request{{{asked} paymentMethod?=CP touchPoint?=PSP}}
         activatePaymentNoticeRes{{outcome=OK {activated} transferList?{{transfer{{$SHARE IBAN=$IBAN
         remittanceInformation=x $METADATA}} transfer{{$SHARE IBAN=$IBAN remittanceInformation=x}}}}
         creditorReferenceId?=02000000000000001 standin?=true}}
         activatePaymentNoticeV2Response{{outcome=OK {activated} transferList?{{transfer{{$SHARE companyName?=x
         IBAN?=$IBAN remittanceInformation=x transferCategory?=x $METADATA}} transfer{{$SHARE $STAMP
         remittanceInformation=x}}}} $METADATA creditorReferenceId?=02000000000000001 suggestedUserFee?=1.00
         suggestedPaFee?=1.00 suggestedIdBundle?=x suggestedIdCiBundle?=x allCCP?=true standin?=true}}
         sendPaymentOutcomeReq{{{caller} {key} paymentToken=x outcome=OK details?{{{how} {when}}}}}
         sendPaymentOutcomeV2Request{{{caller} {key} paymentTokens{{paymentToken=x paymentToken=y}} outcome=OK
         details?{{{how} primaryCiIncurredFee?=1.00 idBundle?=x idCiBundle?=x {when} marcheDaBollo?{{marcaDaBollo{{
         paymentToken=x idTransfer=1 MBDAttachment=QUJD}} marcaDaBollo{{paymentToken=x idTransfer=2
         MBDAttachment=QUJD}}}}}}}}
         sendPaymentOutcomeRes{{$FAULT}} sendPaymentOutcomeV2Response{{outcome=OK}}
         nodoChiediCatalogoServiziV2Request{{{channel} identificativoDominio?=x categoria?=x commissione?=Y}}
         nodoChiediCatalogoServiziV2Response{{outcome=OK xmlCatalogoServizi?=QUJD}}
         nodoInviaFlussoRendicontazioneRequest{{{channel} identificativoDominio=x identificativoFlusso=x
         dataOraFlusso=2026-12-31T12:00:00 xmlRendicontazione=QUJD}}
         nodoInviaFlussoRendicontazioneResponse{{fault?{{faultCode=x faultString=x id=x serial?=1}} esito=OK}}"
    ))
}

pub fn everything() -> Vec<Part> {
    let rest = "p:line@kind:1=abc p:hash=QUJD p:empty{} p:remark?{p:bold=x p:bold?=x}";
    messages(&format!(
        "everything{{p:text=text p:one=1.00 p:one=9.99 p:one?=2 p:node?{{p:node@code:ab{{}}}} {rest}}}
         everything{{p:text=text p:two?=true three=a~b p:node@code:x{{p:node?{{}} p:node?{{p:node?{{}}}}}} {rest}}}
         everything{{p:text=text p:four=1 p:four?=-2 p:four?=3 {rest}}}
         everything{{p:text=text p:five=true p:line@kind:3=abc}} node@code:ab{{p:node?@code:ab{{}} p:node?{{}}}}"
    ))
}

fn messages(notation: &str) -> Vec<Part> {
    let mut notation =
        notation.replace("$ADDRESSEE", "idPA=99000001018 idBrokerPA=99000001018 idStation=99000001018_01");
    for (name, text) in [
        ("$FAULT", FAULT),
        ("$SUBJECT", SUBJECT),
        ("$OPTION", OPTION),
        ("$STAMP", STAMP),
        ("$SHARE", SHARE),
        ("$REASON", REASON),
        ("$METADATA", METADATA),
        ("$QR", QR_CODE),
        ("$IBAN", IBAN),
    ] {
        notation = notation.replace(name, text);
    }
    read(&notation)
}
