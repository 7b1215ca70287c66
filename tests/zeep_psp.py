#!/usr/bin/env python3
"""PSPs whose toolkit has never seen this project pay two notices, knowing nothing but the Node's WSDL.

NAV_SLIP is looked up and paid at the post office with the first generation of operations; NAV_STAMP, which must ask
for a stamp duty, at a bank with the second: STAMP is the document that the bank has bought. Prints what was learnt as
one line of JSON.
"""
from datetime import date
from decimal import Decimal

import zeep

from third_party import Client, Failed, check_sum, expect, tell

BANK = {"idPSP": "99000003030", "idBrokerPSP": "99000003030", "idChannel": "99000003030_01", "password": "pwdpwdpwd"}
POSTE = {"idPSP": "POSTE3", "idBrokerPSP": "BANCOPOSTA", "idChannel": "POSTE3_01", "password": "pwdpwdpwd"}

# The names of these fields in the operations of an older contract.
OLD_NAMES = {
    "identificativoPSP": "idPSP",
    "identificativoIntermediarioPSP": "idBrokerPSP",
    "identificativoCanale": "idChannel",
    "password": "password",
}

DETAILS = {
    "paymentMethod": "creditCard",
    "paymentChannel": "app",
    "fee": Decimal("1.50"),
    "applicationDate": date(2026, 11, 22),
    "transferDate": date(2026, 11, 23),
}


def pay_slip(poste, qr_code, account):
    notice = qr_code["noticeNumber"]
    verified = poste.call("verifyPaymentNotice", qrCode=qr_code)
    slip = poste.call("verificaBollettino", ccPost=account, noticeNumber=notice)
    (option,) = slip.paymentBollettinoList.paymentOptionDescription
    (same,) = verified.paymentList.paymentOptionDescription
    expect(option.amount == same.amount, f"the slip is of {option.amount}, the notice of {same.amount}")
    activated = poste.call("activatePaymentNotice", qrCode=qr_code, amount=option.amount)
    check_sum(activated.transferList.transfer, activated.totalAmount)
    poste.call("sendPaymentOutcome", paymentToken=activated.paymentToken, outcome="OK", details=DETAILS)
    return {
        "amount": str(activated.totalAmount),
        "company": verified.companyName,
        "allCCP": option.allCCP,
        "notice": slip.noticeNumber,
        "ibans": [transfer.IBAN for transfer in activated.transferList.transfer],
        "token": activated.paymentToken,
        "again": poste.refused("verificaBollettino", ccPost=account, noticeNumber=notice),
    }


def pay_with_stamp(bank, qr_code, stamp):
    verified = bank.call("verifyPaymentNotice", qrCode=qr_code)
    (option,) = verified.paymentList.paymentOptionDescription
    how = {"paymentMethod": "CP", "touchPoint": "PSP", "expirationTime": 600_000}
    activated = bank.call(
        "activatePaymentNoticeV2",
        idempotencyKey="99000003030_a1B2c3D4e5",
        qrCode=qr_code,
        amount=option.amount,
        **how,
    )
    transfers, token = activated.transferList.transfer, activated.paymentToken
    check_sum(transfers, activated.totalAmount)
    wanted = [transfer.idTransfer for transfer in transfers if transfer.richiestaMarcaDaBollo]
    expect(wanted, "no transfer asks for a stamp duty")
    bought = [{"paymentToken": token, "idTransfer": number, "MBDAttachment": stamp.encode()} for number in wanted]
    bank.call(
        "sendPaymentOutcomeV2",
        paymentTokens={"paymentToken": [token]},
        outcome="OK",
        details={**DETAILS, "marcheDaBollo": {"marcaDaBollo": bought}},
    )
    return {
        "amount": str(activated.totalAmount),
        "stamps": len(wanted),
        "token": token,
        "again": bank.refused("activatePaymentNoticeV2", qrCode=qr_code, amount=option.amount),
    }


def ask_for_what_is_not_offered(anybody):
    try:
        anybody.service.nodoChiediTemplateInformativaPSP(**{old: BANK[new] for old, new in OLD_NAMES.items()})
    except zeep.exceptions.Fault as fault:
        return fault.message
    raise Failed("nodoChiediTemplateInformativaPSP has an answer")


def learn(address, organization, slip, account, with_stamp, stamp):
    poste, bank = Client(f"{address}?wsdl", **POSTE), Client(f"{address}?wsdl", **BANK)
    return {
        "slip": pay_slip(poste, {"fiscalCode": organization, "noticeNumber": slip}, account),
        "stamp": pay_with_stamp(bank, {"fiscalCode": organization, "noticeNumber": with_stamp}, stamp),
        "unsupported": ask_for_what_is_not_offered(bank),
    }


if __name__ == "__main__":
    tell("zeep PSP", "zeep_psp.py ADDRESS ORGANIZATION NAV_SLIP POSTAL_ACCOUNT NAV_STAMP STAMP", learn)
