#!/usr/bin/env python3
"""A client that has never seen this project pays two notices, knowing nothing but the station's WSDL.

NAV_PLAIN is verified, activated and paid with the first generation of operations; NAV_STAMP, which must ask for a
stamp duty, with the second. Prints what was learnt as one line of JSON.
"""
from datetime import date, datetime
from decimal import Decimal

from third_party import Client, check_sum, expect, tell

STAMP = b"<marcaDaBollo/>"

PSP = {
    "idPSP": "99000003030",
    "PSPCompanyName": "Banca Esempio S.p.A.",
    "idChannel": "99000003030_01",
    "channelDescription": "app",
}


class Payer(Client):
    """One organization's notices, seen from the other side of the wire."""

    def __init__(self, base_url, organization):
        addressee = {"idPA": organization, "idBrokerPA": organization, "idStation": f"{organization}_01"}
        super().__init__(f"{base_url}/soap/paForNode?wsdl", **addressee)
        self.organization = organization

    def qr_code(self, notice):
        return {"fiscalCode": self.organization, "noticeNumber": notice}

    def verify(self, notice):
        return self.call("paVerifyPaymentNotice", qrCode=self.qr_code(notice))

    def get(self, notice):
        return self.call("paGetPayment", qrCode=self.qr_code(notice), transferType="POSTAL").data

    def get_v2(self, notice):
        return self.call("paGetPaymentV2", qrCode=self.qr_code(notice), transferType="PAGOPA").data

    def pay(self, notice, data):
        transfers = [transfer_of(transfer, IBAN=transfer.IBAN) for transfer in data.transferList.transfer]
        receipt = receipt_for(notice, self.organization, data, transfers)
        return self.call("paSendRT", receipt=receipt)

    def pay_v2(self, notice, data):
        transfers = [
            transfer_of(transfer, companyName=transfer.companyName, **paid_with(transfer))
            for transfer in data.transferList.transfer
        ]
        receipt = receipt_for(notice, self.organization, data, transfers)
        receipt.update(paymentNote="CART-2026-000042", primaryCiIncurredFee=Decimal("0.50"), idBundle="b-10")
        return self.call("paSendRTV2", receipt=receipt)


def paid_with(transfer):
    """An account comes back as it went out; a request for a stamp duty comes back as the stamp."""
    return {"MBDAttachment": STAMP} if transfer.richiestaMarcaDaBollo else {"IBAN": transfer.IBAN}


def transfer_of(transfer, **fields):
    copied = ("idTransfer", "transferAmount", "fiscalCodePA", "remittanceInformation", "transferCategory", "metadata")
    return {**{name: transfer[name] for name in copied}, **fields}


def receipt_for(notice, organization, data, transfers):
    return {
        "receiptId": f"receipt{notice}",
        "noticeNumber": notice,
        "fiscalCode": organization,
        "outcome": "OK",
        "creditorReferenceId": data.creditorReferenceId,
        "paymentAmount": data.paymentAmount,
        "description": data.description,
        "companyName": data.companyName or "Comune di Borgolieve",
        "officeName": data.officeName,
        "debtor": data.debtor,
        "transferList": {"transfer": transfers},
        **PSP,
        "paymentMethod": "creditCard",
        "fee": Decimal("1.50"),
        "paymentDateTime": datetime(2026, 3, 10, 9, 41, 7),
        "applicationDate": date(2026, 3, 10),
        "transferDate": date(2026, 3, 11),
        "metadata": data.metadata,
        "standIn": False,
    }


def pay_plain(payer, notice):
    verified = payer.verify(notice)
    option = verified.paymentList.paymentOptionDescription
    data = payer.get(notice)
    check_sum(data.transferList.transfer, data.paymentAmount)
    expect(option.options == "EQ", f"the option is {option.options}")
    expect(option.amount == data.paymentAmount, f"verified {option.amount}, to pay {data.paymentAmount}")
    payer.pay(notice, data)
    return {"notice": notice, "amount": str(data.paymentAmount), "company": verified.companyName}


def pay_with_stamp(payer, notice):
    data = payer.get_v2(notice)
    check_sum(data.transferList.transfer, data.paymentAmount)
    stamps = [t.richiestaMarcaDaBollo for t in data.transferList.transfer if t.richiestaMarcaDaBollo]
    expect(stamps, "no transfer asks for a stamp duty")
    payer.pay_v2(notice, data)
    return {"notice": notice, "amount": str(data.paymentAmount), "stamps": len(stamps)}


def learn(base_url, organization, plain, stamp):
    payer = Payer(base_url.rstrip("/"), organization)
    return {"plain": pay_plain(payer, plain), "stamp": pay_with_stamp(payer, stamp)}


if __name__ == "__main__":
    tell("zeep client", "zeep_client.py BASE_URL ORGANIZATION NAV_PLAIN NAV_STAMP", learn)
