"""Sections 11.2, 11.3, 12.2, 12.3 and 14: greeting, introduction, joining, a round, live push."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any, NoReturn

from .bodies import ADD_DEVICE, ADMIT, MEMBERSHIP
from .cbor import BadForm, decode, encode, need
from .channel import SECONDS, Channel, Closed, MessageTooLong
from .events import Event, LogKey, runs_of
from .files import Exchange, OutOfPlace as FileOutOfPlace
from .fold import erase
from .identity import DeviceCode, DeviceKeys, Invitation, is_valid_for, person_of, verify
from .membership import NONE, PERSONS_MAX, Membership, now
from .messages import (
    BLOCKS,
    BYE,
    ENROL,
    EVENTS,
    HAVE,
    HELLO,
    IDS_LISTED_MAX,
    INTRODUCE,
    INTRODUCED,
    INVITED,
    JOIN,
    NEWS,
    OF_FILES,
    PAIRING,
    PING,
    RANGES,
    RANGES_PER_ROUND_MAX,
    SENT,
    SYNCED,
    TOTALS,
    WANT,
    WELCOME,
    Code,
    check_message,
)
from .noise import BadSeal
from .replica import Author, BadEvent, Ingest, OtherTeam, Replica, heads
from .round import (
    IdList,
    OutOfPlace,
    Round,
    TooMuch,
    answer,
    block_fingerprints,
    describe,
    ids_of_block,
    is_comparing,
    plan,
    split_ids,
)

WINDOW_EVENTS, WINDOW_BYTES = 1000, 512 * 1024
HANDSHAKE_SECONDS, IDLE_SECONDS, PING_SECONDS, REST_SECONDS = 5.0, 30.0, 10.0, 1.0
ROUNDS_MAX, SAME_OUTCOMES_MAX = 64, 3

Outcome = tuple[bytes, int]


class Ended(Exception):
    """The session ended with a `bye`, ours or the peer's."""

    def __init__(self, code: int, reason: str, ours: bool):
        super().__init__(f"{'own' if ours else 'the peer'}'s bye {code}: {reason}")
        self.code, self.reason, self.ours = code, reason, ours


def proof_of_hello(keys: DeviceKeys, handshake_hash: bytes, initiator: bool) -> bytes:
    return keys.signing.sign("weonomy/1 channel", _signed_by_hello(handshake_hash, initiator))


def _signed_by_hello(handshake_hash: bytes, initiator: bool) -> bytes:
    return handshake_hash + (b"\0" if initiator else b"\1")


def hello(
    keys: DeviceKeys,
    fingerprint: Outcome,
    handshake_hash: bytes,
    initiator: bool,
    wanted: int = 0,
    files: int = 0,
) -> list[Any]:
    proof = proof_of_hello(keys, handshake_hash, initiator)
    return [HELLO, keys.public, proof, *fingerprint, wanted, files]


def join_request(
    invitation: Invitation, team: bytes, invite: bytes, name: str, devices: list[Any], nonce: bytes
) -> list[Any]:
    person = person_of(devices[0][0])
    signed = encode([team, invite, person, name, devices, nonce])
    proof = invitation.key.sign("weonomy/1 join", signed)
    return [JOIN, invite, person, name, devices, nonce, proof]


class Session:
    def __init__(
        self,
        channel: Channel,
        replica: Replica,
        keys: DeviceKeys,
        initiator: bool,
        live: bool = False,
    ):
        self.channel, self.keys = channel, keys
        self.initiator, self.live = initiator, live
        self._use(replica)
        self.files = Exchange(self.send)
        self.news: list[list[Any]] = []  # what it told of others
        self._peer_files = 0
        self.received, self.sent = Counter[int](), Counter[int]()  # messages by type
        self.peer = b""
        self.is_peer_known = False
        self.same = False
        self._asked = self._introduced = False  # whether we sent `introduce`, got `introduced`
        self._was_asked = self._owes_introduction = False
        self._kept_ranges: list[Any] | None = None
        self._round: Round | None = None
        self._rounds = 0
        self._outcomes = Counter[tuple[Outcome, Outcome]]()
        self._next_round: float | None = None
        self._wanted: list[bytes] = []  # bodies that we lacked when we said hello
        self._peer_wanted = 0
        self._known_to_peer: set[bytes] = set()  # what this peer sent or was sent
        self._said: Outcome | None = None
        self.heard: Outcome | None = None
        self._baseline = 0  # how many events there were when the round or the hello began
        self._last_sent = self._last_received = time.monotonic()
        self._inbox: queue.Queue[bytes | Exception] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _use(self, replica: Replica) -> None:
        self.replica, self._ingest = replica, Ingest(replica)

    # --- messages

    def _read(self) -> None:
        try:
            while True:
                self._inbox.put(self.channel.receive_bytes(None))
        except Exception as error:
            self._inbox.put(error)  # for the thread that receives

    def send(self, *message: Any) -> None:
        self.sent[message[0]] += 1
        self._last_sent = time.monotonic()
        self.channel.send(*message)

    def bye(self, code: Code, reason: str) -> NoReturn:
        with contextlib.suppress(Closed):
            self.send(BYE, code, reason)
        self.channel.close()
        raise Ended(code, reason, True)

    def _next(self, deadline: float) -> bytes | None:
        """The next message; None at the deadline. Keeps the session alive meanwhile."""
        while True:
            wake = min(deadline, self._last_sent + PING_SECONDS, self._last_received + IDLE_SECONDS)
            try:
                got = self._inbox.get(timeout=max(0.0, wake - time.monotonic()))
            except queue.Empty:
                at = time.monotonic()
                if at >= deadline:
                    return None
                if at >= self._last_received + IDLE_SECONDS:
                    self.bye(Code.IDLE_TIMEOUT, "no frame")
                if at >= self._last_sent + PING_SECONDS:
                    self.send(PING)
                continue
            if isinstance(got, BadSeal):
                self.bye(Code.BAD_FRAME, str(got))
            if isinstance(got, MessageTooLong):
                self.bye(Code.MESSAGE_TOO_LONG, "a message that is too long")
            if isinstance(got, Exception):
                raise got
            self._last_received = time.monotonic()
            return got

    def _receive(self, deadline: float) -> list[Any] | None:
        """The next message but pings; None at the deadline."""
        while True:
            raw = self._next(deadline)
            if raw is None:
                return None
            try:
                message = decode(raw)
                check_message(message)
            except BadForm as error:
                self.bye(Code.BAD_MESSAGE, str(error))
            self.received[message[0]] += 1
            if message[0] == BYE:
                self.channel.close()
                raise Ended(message[1], message[2], False)
            if message[0] != PING:
                return list(message)

    def _expect(self, type_: int) -> list[Any]:
        message = self._receive(time.monotonic() + HANDSHAKE_SECONDS)
        if message is None:
            self.bye(Code.HANDSHAKE_TIMEOUT, f"no message {type_}")
        if message[0] != type_:
            self.bye(Code.UNEXPECTED_MESSAGE, f"message {message[0]} where {type_} is awaited")
        return message

    # --- greeting (11.2)

    def _send_hello(self) -> None:
        self._said = self.replica.fingerprint()
        self._baseline = len(self.replica.events)
        self._wanted = self.replica.wanted()
        handshake_hash, wanted = self.channel.handshake_hash, len(self._wanted)
        files = len(self.files.wants)
        self.send(*hello(self.keys, self._said, handshake_hash, self.initiator, wanted, files))

    def _take_hello(self) -> None:
        _, self.peer, proof, fingerprint, count, self._peer_wanted, self._peer_files = (
            self._expect(HELLO)
        )
        signed = _signed_by_hello(self.channel.handshake_hash, not self.initiator)
        if not verify(self.peer, "weonomy/1 channel", signed, proof):
            self.bye(Code.BAD_PROOF, "a hello that is not by the device that it names")
        self.heard = fingerprint, count

    def greet(self) -> Session:
        if self.initiator:
            self._send_hello()
            self._take_hello()
        else:
            self._take_hello()
            self._send_hello()
        return self._begin()

    def _begin(self) -> Session:
        self.same = self._said == self.heard and not self._wanted and not self._peer_wanted
        self._look_up()
        if self.is_peer_known:
            self._go_on()
        else:
            self._asked = True
            self.send(INTRODUCE)
        return self

    def _look_up(self) -> None:
        membership = Membership(self.replica)
        if membership.is_put_out(self.peer):
            self._send_events(membership.proof_of_exclusion(self.peer))
            self.bye(Code.EXCLUDED, "the device was put out")
        if not membership.is_active(self.peer):
            return
        if membership.channels[self.peer] != self.channel.peer_static:
            self.bye(Code.BAD_PROOF, "another channel key than the membership events name")
        self.is_peer_known = True

    def _go_on(self) -> None:
        """What follows when the peer is known."""
        if self._owes_introduction:
            self._introduce()
        if not self.same and not self.initiator:
            self._begin_round()
        if self._kept_ranges is not None:
            kept, self._kept_ranges = self._kept_ranges, None
            self._on_ranges(kept)

    def _introduce(self) -> None:
        self._owes_introduction = False
        self._send_events(self.replica.of_class(MEMBERSHIP))
        self.send(INTRODUCED)

    # --- joining (11.2)

    @classmethod
    def join(
        cls,
        channel: Channel,
        keys: DeviceKeys,
        invitation: Invitation,
        name: str,
        nonce: bytes,
    ) -> tuple[Session, bytes, list[bytes]]:
        """A newcomer's session, its admission and the team secrets."""
        session = cls(channel, Replica(b""), keys, True)
        invite = session._take_team(INVITED, invitation)
        team = session.replica.team
        session.send(*join_request(invitation, team, invite, name, [keys.device()], nonce))
        return session, *session._welcomed()

    @classmethod
    def enrol(
        cls, channel: Channel, keys: DeviceKeys, code: DeviceCode
    ) -> tuple[Session, bytes, list[bytes], bytes]:
        """The session of a further device, its admission, the team secrets, and its person."""
        session = cls(channel, Replica(b""), keys, True)
        person = session._take_team(PAIRING, code)
        session.send(ENROL, keys.device(person))
        return session, *session._welcomed(), person

    def _take_team(self, type_: int, code: Invitation) -> bytes:
        """Takes `invited` or `pairing`; gives what it names beside the team."""
        _, team, named, _ = self._expect(type_)
        if team[:8] != code.team_prefix:
            self.bye(Code.OTHER_TEAM, "a code of another team")
        self._use(Replica(team))
        return bytes(named)

    def _welcomed(self) -> tuple[bytes, list[bytes]]:
        _, admission, secrets = self._expect(WELCOME)
        self._take_hello()
        self._send_hello()
        self._begin()
        return admission, secrets

    @classmethod
    def admit(
        cls, channel: Channel, author: Author, invite: Event, secrets: list[bytes], salt: bytes
    ) -> Session:
        """A responder's session under the psk of an invitation."""
        session = cls(channel, author.replica, author.keys, False)
        team_name = Membership(author.replica).team_name
        session.send(INVITED, author.replica.team, invite.id, team_name)
        request = session._expect(JOIN)
        return session._welcome(session._admission(author, invite, request, salt), secrets)

    @classmethod
    def pair(cls, channel: Channel, author: Author, secrets: list[bytes], salt: bytes) -> Session:
        """A responder's session under the psk of a device code."""
        session = cls(channel, author.replica, author.keys, False)
        membership = Membership(author.replica)
        person = membership.owner[author.keys.public]
        session.send(PAIRING, author.replica.team, person, membership.team_name)
        _, device = session._expect(ENROL)
        if not is_valid_for(device, person) or device[1] != channel.peer_static:
            session.bye(Code.BAD_PROOF, "a device that is not the person's, or another's key")
        parents = heads(author.replica.of_class(MEMBERSHIP))
        body = [salt, ADD_DEVICE, {0: person, 1: device}]
        return session._welcome(author.write(MEMBERSHIP, body, parents=parents).id, secrets)

    def _welcome(self, admission: bytes, secrets: list[bytes]) -> Session:
        self.send(WELCOME, admission, secrets)
        self._send_hello()
        self._take_hello()
        return self._begin()

    def _admission(self, author: Author, invite: Event, request: list[Any], salt: bytes) -> bytes:
        _, named, person, name, devices, nonce, proof = request
        signed = encode([self.replica.team, named, person, name, devices, nonce])
        if named != invite.id:
            self.bye(Code.JOIN_REFUSED, "another invitation than the psk is of")
        if (
            person != person_of(devices[0][0])
            or not verify(invite.value[2][0], "weonomy/1 join", signed, proof)
            or not all(is_valid_for(d, person) for d in devices)
            or self.channel.peer_static not in [d[1] for d in devices]
        ):
            self.bye(Code.BAD_PROOF, "a request to join that does not verify")
        membership = Membership(self.replica)
        is_open = membership.is_open(invite, now())
        if not is_open and person not in membership.admitted_under(invite.id):
            self.bye(Code.JOIN_REFUSED, "the invitation is not open")
        known = membership.persons.get(person)
        if known and known.admissions:
            if known.role == NONE or not all(membership.is_active(d[0]) for d in devices):
                self.bye(Code.JOIN_REFUSED, "the person or a device of it was put out")
            return known.admissions[0]
        if len(membership.persons) >= PERSONS_MAX:
            self.bye(Code.JOIN_REFUSED, "the team is full")
        if membership.is_frozen:
            self.bye(Code.JOIN_REFUSED, "the membership needs a newer version")
        fields = {0: invite.id, 1: person, 2: name, 3: devices, 4: nonce, 5: proof}
        parents = heads(self.replica.of_class(MEMBERSHIP))
        return author.write(MEMBERSHIP, [salt, ADMIT, fields], parents=parents).id

    # --- a round (12)

    def _begin_round(self) -> None:
        self._fresh_round()
        self.send(RANGES, describe(self.replica))

    def _fresh_round(self) -> Round:
        self._next_round = None
        self._rounds += 1
        self.same = False
        self._round = Round()
        self._baseline = len(self.replica.events)
        return self._round

    def _on_ranges(self, ranges: list[Any]) -> None:
        round_ = self._round
        if round_ is None:
            if not self.initiator or not is_comparing(ranges):
                self._unexpected(RANGES)
            round_ = self._fresh_round()
        elif not round_.comparing:
            self._unexpected(RANGES)
        round_.ranges += 1
        if round_.ranges > RANGES_PER_ROUND_MAX:
            raise TooMuch("ranges")
        own = answer(self.replica, ranges)
        round_.differ.update(own.differ)
        if is_comparing(ranges):
            self.send(RANGES, own.ranges)
            if is_comparing(own.ranges):
                return
        self._compared(round_)

    def _compared(self, round_: Round) -> None:
        round_.comparing = False
        for key in plan(self.replica, round_, self.initiator):
            round_.questions[key] = IdList()
            self.send(BLOCKS, key, block_fingerprints(self.replica, key))
        round_.awaits_want = self._peer_wanted > 0
        if wanted := [i for i in self._wanted if self._lacks_body(i)][:IDS_LISTED_MAX]:
            round_.lacks = True
            self.send(WANT, wanted)
        self._wanted = []  # what stays lacking is asked for in the next session
        events = [self.replica.events[i] for i in round_.plan]
        self.send(TOTALS, len(events), sum(e.size for e in events))
        round_.sent_totals = True
        self._advance()

    def _lacks_body(self, i: bytes) -> bool:
        return self.replica.events[i].body is None and i not in self.replica.erased

    def _on_want(self, ids: list[bytes]) -> None:
        round_ = self._round
        found = (self.replica.events.get(i) for i in ids)
        held = [e for e in found if e is not None and e.body is not None]
        if round_ is None or round_.comparing or round_.peer_totals or not round_.awaits_want:
            if self.live:
                self._send_events(held)
            return
        round_.awaits_want = False
        round_.plan.update(e.id for e in held)
        self._advance()

    def _on_blocks(self, key: LogKey, theirs: list[bytes]) -> None:
        round_ = self._round
        if (
            round_ is None
            or round_.comparing
            or round_.peer_totals
            or key not in round_.differ
            or key in round_.questions
            or key in round_.listed
        ):
            self._unexpected(BLOCKS)
        own = block_fingerprints(self.replica, key)
        numbers = range(max(len(own), len(theirs)))
        differ = [n for n in numbers if own[n : n + 1] != theirs[n : n + 1]]
        round_.listed[key] = {n: ids_of_block(self.replica, key, n) for n in differ}
        round_.answers[key] = IdList()
        self._send_have(key, True, round_.listed[key])

    def _send_have(self, key: LogKey, question: bool, blocks: dict[int, list[bytes]]) -> None:
        *continued, last = split_ids(blocks)
        for part in continued:
            self.send(HAVE, key, question, True, part)
        self.send(HAVE, key, question, False, last)

    def _on_have(self, key: LogKey, question: bool, continued: bool, blocks: list[Any]) -> None:
        round_ = self._round
        lists = {} if round_ is None else round_.questions if question else round_.answers
        if round_ is None or key not in lists:
            self._unexpected(HAVE)
        lists[key].extend(blocks)
        if continued:
            return
        theirs = lists.pop(key)
        own = {n: ids_of_block(self.replica, key, n) for n in theirs.blocks}
        if question:
            self._send_have(key, False, {n: own[n] for n, ids in theirs.blocks.items() if ids})
        else:
            own = round_.listed[key]
        round_.plan.update({i for ids in own.values() for i in ids} - theirs.ids())
        self._advance()

    def _send_events(self, events: list[Event]) -> None:
        window: list[Event] = []
        size = 0
        for e in events:
            full = len(window) == WINDOW_EVENTS or size + e.stored_bytes > WINDOW_BYTES
            if window and (full or window[0].class_ != e.class_):
                self.send(EVENTS, runs_of(window))
                window, size = [], 0
            window.append(e)
            size += e.stored_bytes
        if window:
            self.send(EVENTS, runs_of(window))
        self._known_to_peer.update(e.id for e in events)

    def _advance(self) -> None:
        """Goes on with a round as far as it can go now (12.3)."""
        round_ = self._round
        if round_ is None or not round_.sent_totals:
            return
        if not round_.questions and round_.plan:
            planned = [e for e in self.replica.events.values() if e.id in round_.plan]
            round_.plan = set()
            self._send_events(sorted(planned, key=lambda e: e.class_ != MEMBERSHIP))
        if round_.questions or round_.answers or round_.plan:
            return
        is_complete = not round_.awaits_blocks and not round_.awaits_want
        if not round_.sent_sent and (round_.peer_totals or is_complete):
            round_.sent_sent = True
            self.send(SENT)
        complete = round_.peer_sent or not round_.lacks
        if round_.sent_sent and round_.own_outcome is None and complete:
            round_.own_outcome = self._said = self.replica.fingerprint()
            self.send(SYNCED, *self._said)
        if round_.own_outcome and round_.peer_outcome:
            self._end_round(round_.own_outcome, round_.peer_outcome)

    def _end_round(self, own: Outcome, peer: Outcome) -> None:
        self._round = None
        self.same = own == peer
        if self.same:
            return
        self._outcomes[own, peer] += 1
        is_stuck = self._outcomes[own, peer] >= SAME_OUTCOMES_MAX or self._rounds >= ROUNDS_MAX
        if is_stuck and not self.live:
            self.bye(Code.NOT_CONVERGING, "the replicas do not come together")
        if not self.initiator and self.live:
            self._next_round = time.monotonic() + REST_SECONDS
        elif not self.initiator:
            self._begin_round()

    # --- the loop (11.3)

    def _unexpected(self, type_: int) -> NoReturn:
        self.bye(Code.UNEXPECTED_MESSAGE, f"message {type_} out of its place")

    def step(self, deadline: float) -> None:
        """Takes one message, or begins the round that is due."""
        due = self._next_round
        message = self._receive(deadline if due is None else min(deadline, due))
        if message is None and due is not None and time.monotonic() >= due:
            self._begin_round()
            return
        if message is None:
            raise TimeoutError("nothing came")
        try:
            self._on(message[0], message[1:])
        except BadForm as error:
            self.bye(Code.BAD_MESSAGE, str(error))
        except BadEvent as error:
            self.bye(Code.BAD_EVENT, str(error))
        except OtherTeam as error:
            self.bye(Code.OTHER_TEAM, str(error))
        except (OutOfPlace, FileOutOfPlace) as error:
            self.bye(Code.UNEXPECTED_MESSAGE, str(error))
        except TooMuch as error:
            self.bye(Code.TOO_MUCH, str(error))

    def _on(self, type_: int, fields: list[Any]) -> None:
        if type_ == EVENTS:
            self._on_events(fields[0])
        elif type_ == INTRODUCE and not self._was_asked:
            self._on_introduce()
        elif type_ == INTRODUCED and not self._introduced:
            self._on_introduced()
        elif not self.is_peer_known:
            if type_ != RANGES or not self.initiator or self._kept_ranges is not None:
                self._unexpected(type_)
            self._kept_ranges = fields[0]
        elif type_ in OF_FILES:
            self.files.on(type_, fields)
        elif type_ == NEWS:
            self.news.append(fields[0])
        elif type_ == RANGES:
            self._on_ranges(fields[0])
        elif type_ == BLOCKS:
            self._on_blocks(*fields)
        elif type_ == HAVE:
            self._on_have(*fields)
        elif type_ == WANT:
            self._on_want(*fields)
        elif type_ == TOTALS:
            self._on_totals()
        elif type_ == SENT:
            self._on_sent()
        elif type_ == SYNCED:
            self._on_synced((fields[0], fields[1]))
        else:
            self._unexpected(type_)

    def _on_introduce(self) -> None:
        self._was_asked = True
        if self.is_peer_known:
            self._introduce()
        elif self._asked:
            self.bye(Code.UNKNOWN_DEVICE, "neither of us knows the other")
        else:
            self._owes_introduction = True

    def _on_introduced(self) -> None:
        self._introduced = True
        if self.is_peer_known:
            return
        self._look_up()
        if not self.is_peer_known:
            self.bye(Code.UNKNOWN_DEVICE, "no event known here makes the device a member's")
        self._go_on()

    def _on_totals(self) -> None:
        if self._round is None or self._round.comparing or self._round.peer_totals:
            self._unexpected(TOTALS)
        self._round.peer_totals = True
        self._advance()

    def _on_sent(self) -> None:
        if self._round is None or self._round.comparing or self._round.peer_sent:
            self._unexpected(SENT)
        self._round.peer_sent = True
        self._advance()

    def _on_synced(self, outcome: Outcome) -> None:
        self.heard = outcome
        if self._round is None:
            self.same = outcome == self.replica.fingerprint()
        elif self._round.peer_sent and self._round.peer_outcome is None:
            self._round.peer_outcome = outcome
            self._advance()

    def _on_events(self, runs: list[Any]) -> None:
        for run in runs:
            need(isinstance(run, list) and bool(run), "a run of another form")
            if run[0] != MEMBERSHIP and not self.is_peer_known:
                self._unexpected(EVENTS)
            self._ingest.take_run(run)
        stored = self._ingest.settle()
        self._known_to_peer.update(e.id for e in stored)
        erase(self.replica)
        if self.is_peer_known and any(e.class_ == MEMBERSHIP for e in stored):
            self._look_up()
        if self.live and self._round is None and self.is_peer_known:
            self._say()

    def _say(self) -> None:
        now = self.replica.fingerprint()
        if now != self._said:
            self._said = now
            self.send(SYNCED, *now)
        self.same = self.heard == now

    def push(self) -> None:
        """Live: sends what arrived since the round began and this peer does not know."""
        self._look_up()
        late = list(self.replica.events.values())[self._baseline :]
        self._send_events([e for e in late if e.id not in self._known_to_peer])
        self._say()

    def watch(self, until: Callable[[], bool], seconds: float = SECONDS) -> Session:
        """Takes messages until something holds."""
        deadline = time.monotonic() + seconds
        while not until():
            self.step(deadline)
        return self

    def run(self, seconds: float = SECONDS) -> Session:
        """Until both are the same; then a session that is not live ends."""
        self.watch(lambda: self.same and self.is_peer_known and self._round is None, seconds)
        if not self.live:
            self._exchange_files(seconds)
            self.channel.close()
        return self

    def _exchange_files(self, seconds: float) -> None:
        """What follows the events in a session that is not live (11.4)."""
        if not self._rounds and not self._peer_files and not self.files.wants:
            return
        self.files.begin()
        self.watch(self.files.is_over, seconds)
