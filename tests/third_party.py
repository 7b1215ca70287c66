"""What clients that have never seen this project have in common: they know a WSDL, and end with one clear line.

zeep builds its calls from the served WSDL and, in its strict mode, refuses a reply that does not fit the schema. So a
client tells whether the contract that is published, and the replies that are given, are of use to the tools of others.
"""
import json
import sys

import zeep

TIMEOUT_S = 20


class Failed(Exception):
    """The other side did not do what its contract promises."""


def expect(truth, message):
    if not truth:
        raise Failed(message)


class Client:
    """The operations of a WSDL. What is `said_always` goes with every call."""

    def __init__(self, wsdl, **said_always):
        transport = zeep.Transport(timeout=TIMEOUT_S, operation_timeout=TIMEOUT_S)
        self.service = zeep.Client(wsdl, transport=transport).service
        self.said_always = said_always

    def call(self, operation, **fields):
        response = self.ask(operation, **fields)
        expect(response.outcome == "OK", f"{operation} answered {response.outcome}: {response.fault}")
        return response

    def refused(self, operation, **fields):
        """The code of a KO."""
        response = self.ask(operation, **fields)
        expect(response.outcome == "KO", f"{operation} answered {response.outcome}")
        return response.fault.faultCode

    def ask(self, operation, **fields):
        return self.service[operation](**{**self.said_always, **fields})


def check_sum(transfers, total):
    amount = sum(transfer.transferAmount for transfer in transfers)
    expect(amount == total, f"the transfers make {amount}, the payment is {total}")


def tell(name, usage, learn):
    """Prints what was learnt with the arguments of the command line as JSON; else says what went wrong and exits 1."""
    arguments = sys.argv[1:]
    if len(arguments) != len(usage.split()) - 1:
        sys.exit(f"usage: {usage}")
    try:
        learnt = learn(*arguments)
    except Exception as error:  # whatever it is, the test program wants one clear line
        sys.exit(f"{name}: {type(error).__name__}: {error}")
    print(json.dumps(learnt))
