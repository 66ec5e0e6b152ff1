"""Runs cases of the Autobahn test suite against a WebSocket server, and writes a line of JSON for each to the output.

The cases are the published ones (`suite.py`); what speaks the protocol is Autobahn|Python, as in the suite's own client.
Two things are different: several cases run at the same time, each on its own connection, and deadlines are longer by
a factor, since a case that is answered ends at once, and a busy machine must not fail one. What a case waits for
on purpose (`continueLater`, a few `closeAfter`) keeps its time.
"""

import argparse
import json
import re
import time

import suite
from autobahn.twisted.websocket import WebSocketClientFactory, WebSocketClientProtocol, connectWS
from autobahn.websocket.protocol import WebSocketProtocol
from suite import to_bytes, to_text
from twisted.internet import reactor

DEADLINE_FACTOR = 20
# How many messages a case of the quick run exchanges at most.
QUICK_MESSAGES_MAX = 5


class Protocol(WebSocketClientProtocol):
    """The connection of one case, with the members that the cases use. Their strings are Latin-1, those of the library bytes."""

    def __init__(self):
        super().__init__()
        self.connectionWasOpen = False
        self.createWirelog = False
        self.txFrameStats = {}

    # What happens to the connection.

    def connectionMade(self):
        self.started = time.monotonic()
        super().connectionMade()

    def onOpen(self):
        self.connectionWasOpen = True
        self.case.onOpen()

    def onMessage(self, payload, isBinary):
        self.case.onMessage(to_text(payload), isBinary)

    def onPong(self, payload):
        self.case.onPong(to_text(payload))

    def onClose(self, wasClean, code, reason):
        self.case.onClose(wasClean, code, reason)

    def connectionLost(self, reason):
        super().connectionLost(reason)
        self.case.onConnectionLost(self.failedByMe)
        self.factory.done(self)

    # What a case does.

    def sendFrame(self, opcode, payload=b"", *args, **options):
        self.txFrameStats[opcode] = self.txFrameStats.get(opcode, 0) + 1
        # A repeated payload may be empty in a case, but not in the library.
        if options.get("payload_len") == 0:
            payload, options["payload_len"] = b"", None
        super().sendFrame(opcode, to_bytes(payload), *args, **options)

    def sendMessage(self, payload, isBinary=False, **options):
        super().sendMessage(to_bytes(payload), isBinary, **options)

    def sendMessageFrameData(self, payload, **options):
        return super().sendMessageFrameData(to_bytes(payload), **options)

    def sendCloseFrame(self, code=None, reasonUtf8=None, **options):
        super().sendCloseFrame(code, to_bytes(reasonUtf8), **options)

    def enableWirelog(self, enable):
        pass

    def continueLater(self, delay, act, tag=None):
        self._later(delay, act)

    def killAfter(self, delay):
        self._later(delay * DEADLINE_FACTOR, self._fail_connection)

    def closeAfter(self, delay):
        # A case that expects no frame is over when its time is; the others end when their frames are there.
        waits = self.case.expected.get(self.case.OK) == []
        self._later(delay if waits else delay * DEADLINE_FACTOR, self.sendClose)

    def _later(self, delay, act):
        reactor.callLater(delay, lambda: self.state == WebSocketProtocol.STATE_CLOSED or act())


class Run:
    """Some cases at a time, until all are over."""

    def __init__(self, url, cases, at_once):
        self._url = url
        self._waiting = list(reversed(cases))
        self._running = 0
        self._at_once = at_once
        self._finished = False

    def go_on(self):
        while self._waiting and self._running < self._at_once:
            self._running += 1
            self._connect(*self._waiting.pop())
        if self._running == 0 and not self._finished:
            self._finished = True
            reactor.stop()

    def _connect(self, name, Case):
        factory = WebSocketClientFactory(self._url)
        # Failing must follow the specification: with a close frame.
        factory.setProtocolOptions(
            failByDrop=False,
            openHandshakeTimeout=60,
            closeHandshakeTimeout=DEADLINE_FACTOR,
            serverConnectionDropTimeout=DEADLINE_FACTOR,
            tcpNoDelay=True,
        )
        factory.noisy = False

        def build(_):
            protocol = Protocol()
            protocol.factory = factory
            protocol.case = Case(protocol)
            return protocol

        def done(protocol):
            case = protocol.case
            self._over(
                id=name,
                behavior=case.behavior,
                behaviorClose=case.behaviorClose,
                result=case.result,
                resultClose=case.resultClose,
                closeCode=protocol.remoteCloseCode,
                ms=round((time.monotonic() - protocol.started) * 1000),
            )

        factory.buildProtocol = build
        factory.done = done
        factory.clientConnectionFailed = lambda _, reason: self._over(
            id=name, behavior="FAILED", behaviorClose="FAILED", result=reason.getErrorMessage()
        )
        connectWS(factory)

    def _over(self, **report):
        print(json.dumps(report), flush=True)
        self._running -= 1
        reactor.callLater(0, self.go_on)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--suite", required=True, help="the folder with the package autobahntestsuite")
    parser.add_argument("--url", required=True)
    parser.add_argument("--at-once", type=int, required=True)
    parser.add_argument("--quick", action="store_true", help="few messages in each case")
    parser.add_argument("--without", default="$^", help="the numbers of cases to leave out, as a regular expression")
    parser.add_argument("cases", nargs="*", help="beginnings of numbers, such as 6. or 9.1.1; all without any")
    args = parser.parse_args()

    chosen = re.compile("|".join(re.escape(start) for start in args.cases))
    left_out = re.compile(args.without)
    cases = [(name, case) for name, case in suite.load(args.suite) if chosen.match(name) and not left_out.match(name)]
    if not cases:
        raise SystemExit(f"no case begins with {' or '.join(args.cases)}")
    if args.quick:
        for _, case in cases:
            if hasattr(case, "COUNT"):
                case.COUNT = min(case.COUNT, QUICK_MESSAGES_MAX)
    run = Run(args.url, cases, args.at_once)
    reactor.callWhenRunning(run.go_on)
    reactor.run()


main()
