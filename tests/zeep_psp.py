#!/usr/bin/env python3
"""A PSP's client that has never seen this project looks a notice up, knowing nothing but the Node's WSDL.

zeep builds its calls from the served WSDL and, in its strict mode, refuses a reply that does not fit the schema. So
this tells whether the contract the Node of the sandbox publishes, and the replies it gives, are of use to the tools of
others. Prints what was learnt as one line of JSON; on failure, says what went wrong and exits 1.

usage: zeep_psp.py ADDRESS ORGANIZATION NAV POSTAL_ACCOUNT
"""
import json
import sys

import zeep

TIMEOUT_S = 20

BANK = {"idPSP": "99000003030", "idBrokerPSP": "99000003030", "idChannel": "99000003030_01", "password": "pwdpwdpwd"}
POSTE = {"idPSP": "POSTE3", "idBrokerPSP": "BANCOPOSTA", "idChannel": "POSTE3_01", "password": "pwdpwdpwd"}


class Failed(Exception):
    """The Node did not do what its contract promises."""


class Psp:
    """A Node's operations, seen from a PSP."""

    def __init__(self, address):
        transport = zeep.Transport(timeout=TIMEOUT_S, operation_timeout=TIMEOUT_S)
        self.service = zeep.Client(f"{address}?wsdl", transport=transport).service

    def call(self, operation, **fields):
        response = self.service[operation](**fields)
        if response.outcome != "OK":
            raise Failed(f"{operation} answered {response.outcome}: {response.fault}")
        return response


def verify(psp, organization, notice):
    verified = psp.call("verifyPaymentNotice", **BANK, qrCode={"fiscalCode": organization, "noticeNumber": notice})
    (option,) = verified.paymentList.paymentOptionDescription
    return {"amount": str(option.amount), "company": verified.companyName}


def look_up_slip(psp, account, notice):
    slip = psp.call("verificaBollettino", **POSTE, ccPost=account, noticeNumber=notice)
    (option,) = slip.paymentBollettinoList.paymentOptionDescription
    return {"amount": str(option.amount), "allCCP": option.allCCP, "notice": slip.noticeNumber}


def ask_for_what_is_not_offered(psp):
    names = {"identificativoPSP": "idPSP", "identificativoIntermediarioPSP": "idBrokerPSP"}
    names |= {"identificativoCanale": "idChannel", "password": "password"}
    try:
        psp.service.nodoChiediTemplateInformativaPSP(**{old: BANK[new] for old, new in names.items()})
    except zeep.exceptions.Fault as fault:
        return fault.message
    raise Failed("nodoChiediTemplateInformativaPSP has an answer")


def main():
    if len(sys.argv) != 5:
        sys.exit("usage: zeep_psp.py ADDRESS ORGANIZATION NAV POSTAL_ACCOUNT")
    address, organization, notice, account = sys.argv[1:]
    try:
        psp = Psp(address)
        learnt = {
            "verified": verify(psp, organization, notice),
            "slip": look_up_slip(psp, account, notice),
            "unsupported": ask_for_what_is_not_offered(psp),
        }
    except Exception as error:  # whatever it is, the test program wants one clear line
        sys.exit(f"zeep PSP: {type(error).__name__}: {error}")
    print(json.dumps(learnt))


if __name__ == "__main__":
    main()
