"""What the cases need around the peer: the program on a laptop of its own, and teams.

Section 16 of Protocol.md is the program's business; the commands used here are in its help.
"""

from __future__ import annotations

import json
import queue
import select
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ..bodies import ADMIT, CONTENT, GENESIS, GRANT, INVITE, MEMBERSHIP, REDUCE, SECRET
from ..cbor import encode
from ..channel import SECONDS, Channel, Closed, initiate, respond
from ..events import Event, run_of
from ..fingerprint import Fingerprint
from ..fold import Brain
from ..identity import DeviceCode, DeviceKeys, Invitation, SigningKey, seal, team_psk
from ..membership import MODERATOR, NONE, Membership, now
from ..messages import BYE, EVENTS, Code
from ..noise import BadSeal
from ..replica import Author, Replica, heads
from ..session import Session, hello
from .registry import Environment, expect, expect_equal

SECRETS_TRIED = 4
DUTIES = 3  # what the program may still write by itself: receipts of erasures, acknowledgements

Tamper = Callable[[int, bytes], bytes]
Opening = bytes | Event | DeviceCode  # a secret, an invite, or a code


class Process:
    """A run of the program, whose lines are waited for with a deadline."""

    _running: set[subprocess.Popen[str]] = set()  # noqa: RUF012

    def __init__(self, words: list[str], errors: Path):
        with errors.open("ab") as stderr:
            self.popen = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=stderr, text=True)
        self._running.add(self.popen)
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.popen.stdout
        for line in self.popen.stdout:
            self._lines.put(line)
        self._lines.put("")

    def line(self) -> Any:
        """The next line, which is JSON."""
        text = self._lines.get(timeout=SECONDS)
        expect(text != "", "the program ended without another line")
        return json.loads(text)

    def exit_code(self) -> int:
        return self.popen.wait(SECONDS)

    def end(self) -> None:
        self.popen.terminate()
        try:
            self.popen.wait(SECONDS)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()
        self._running.discard(self.popen)

    @classmethod
    def kill_all(cls) -> None:
        for popen in list(cls._running):
            popen.kill()


class Laptop:
    """The program under test with a home of its own."""

    _folders: set[Path] = set()  # noqa: RUF012

    def __init__(self, program: Path):
        self.folder = Path(tempfile.mkdtemp(prefix="weonomy-foreign-"))
        self._folders.add(self.folder)
        self._words = [str(program), "--home", str(self.folder / "home"), "--json"]
        self._listener: Process | None = None
        self.port = 0

    def run(self, *words: str) -> Any:
        """A command's data."""
        code, answer = self.attempt(*words)
        expect(code == 0, f"{words} ends with {code}: {answer}")
        return answer["data"]

    def attempt(self, *words: str) -> tuple[int, Any]:
        """A command's exit code and its whole answer."""
        done = subprocess.run(
            [*self._words, *words], capture_output=True, text=True, timeout=2 * SECONDS
        )
        return done.returncode, json.loads(done.stdout)

    @contextmanager
    def running(self, *words: str) -> Iterator[Process]:
        process = Process([*self._words, *words], self.folder / "errors")
        try:
            yield process
        finally:
            process.end()

    def listen(self) -> None:
        words = ["sync", "--listen", "--port", "0", "--host", "127.0.0.1"]
        self._listener = Process([*self._words, *words], self.folder / "errors")
        self.port = self._listener.line()["data"]["port"]

    @property
    def is_listening(self) -> bool:
        return self._listener is not None

    def dial(self, source: str = "127.0.0.1") -> socket.socket:
        sock = socket.create_connection(("127.0.0.1", self.port), SECONDS, (source, 0))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock

    def stop(self) -> None:
        if self._listener:
            self._listener.end()
            self._listener = None

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        self._folders.discard(self.folder)

    @classmethod
    def abandon_all(cls) -> None:
        """Leaves nothing behind when the test is stopped."""
        Process.kill_all()
        for folder in list(cls._folders):
            shutil.rmtree(folder, ignore_errors=True)


class Team:
    """A member in Python beside one laptop with the program."""

    laptop: Laptop
    keys: DeviceKeys
    replica: Replica
    author: Author
    secret: bytes  # that the team began with, as far as we know

    def __init__(self, environment: Environment):
        self.random, self._program = environment.random, environment.program
        self.laptop = Laptop(environment.program)
        self._failures: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.laptop.close()
        if self._failures and error is None:
            raise AssertionError("; ".join(self._failures))

    def check_equal(self, actual: Any, expected: Any, what: str) -> None:
        """Expects, and tells at the end of the case, with all else that fails."""
        try:
            expect_equal(actual, expected, what)
        except AssertionError as failure:
            self._failures.append(str(failure))

    def replace_laptop(self) -> None:
        """A laptop that has no replica yet."""
        self.laptop.close()
        self.laptop = Laptop(self._program)

    # --- randomness

    def randbytes(self, n: int) -> bytes:
        return self.random.randbytes(n)

    def salt(self) -> bytes:
        return self.randbytes(16)

    def new_keys(self, label: str = "python") -> DeviceKeys:
        return DeviceKeys(SigningKey(self.randbytes(32)), self.randbytes(32), label)

    # --- what we write

    def content(self, *changes: Any) -> list[Any]:
        return [self.salt(), list(changes)]

    def share(self, *changes: Any, author: Author | None = None, **how: Any) -> Event:
        body = self.content([0, "share"], *changes)
        return (author or self.author).write(CONTENT, body, **how)

    def edit(
        self,
        of: Event,
        *changes: Any,
        author: Author | None = None,
        parents: list[bytes] | None = None,
        **how: Any,
    ) -> Event:
        """An edit of the object that `of` belongs to, after `of` unless other parents are given."""
        how = {"object_": of.object or of.id, "parents": parents or [of.id]} | how
        return (author or self.author).write(CONTENT, self.content(*changes), **how)

    def new_log(
        self,
        keys: DeviceKeys | None = None,
        introduced_by: bytes | None = None,
        replica: Replica | None = None,
    ) -> Author:
        return Author(replica or self.replica, keys or self.keys, self.randbytes(8), introduced_by)

    def next_share(self, after: Event) -> Event:
        """A share that follows another event in its log; it is not stored."""
        body = self.content([0, "share"])
        return self.author.event(CONTENT, body, after=after, lamport=after.lamport + 1)

    def chain(self, after: Event, n: int) -> list[Event]:
        out = [after]
        for _ in range(n):
            out.append(self.next_share(out[-1]))
        return out[1:]

    def membership_heads(self) -> list[bytes]:
        return heads(self.replica.of_class(MEMBERSHIP))

    def write_membership(
        self,
        kind: int,
        fields: Any,
        author: Author | None = None,
        parents: list[bytes] | None = None,
    ) -> Event:
        """A membership event after all others, unless other parents are given."""
        body, parents = [self.salt(), kind, fields], parents or self.membership_heads()
        return (author or self.author).write(MEMBERSHIP, body, parents=parents)

    def invite(
        self,
        role: int = 2,
        uses: int = 1,
        expiry: int | None = None,
        author: Author | None = None,
        parents: list[bytes] | None = None,
    ) -> tuple[Invitation, Event]:
        invitation = Invitation(self.salt(), self.replica.team[:8])
        fields = [invitation.key.public, invitation.psk, role, uses, expiry, ""]
        body = dict(enumerate(fields))
        return invitation, self.write_membership(INVITE, body, author, parents)

    def admit(
        self,
        name: str,
        invited: tuple[Invitation, Event] | None = None,
        keys: DeviceKeys | None = None,
        devices: list[Any] | None = None,
        author: Author | None = None,
        proof: bytes | None = None,
        person: bytes | None = None,
        parents: list[bytes] | None = None,
    ) -> tuple[DeviceKeys, Event]:
        invitation, invite = invited or self.invite()
        keys, nonce = keys or self.new_keys(), self.salt()
        person = person or keys.person
        devices = [keys.device()] if devices is None else devices
        signed = encode([self.replica.team, invite.id, person, name, devices, nonce])
        proof = proof or invitation.key.sign("weonomy/1 join", signed)
        fields = [invite.id, person, name, devices, nonce, proof]
        body = dict(enumerate(fields))
        return keys, self.write_membership(ADMIT, body, author, parents)

    def grant(
        self, person: bytes, devices: list[bytes], role: int = MODERATOR, **how: Any
    ) -> Event:
        return self.write_membership(GRANT, {0: person, 1: role, 2: devices, 3: []}, **how)

    def exclude(self, author: Author, person: bytes, cut: Any = (), **how: Any) -> Event:
        fields = [person, NONE, list(cut), "a reason", True, None]
        return self.write_membership(REDUCE, dict(enumerate(fields)), author, **how)

    def replace_secret(
        self, epoch: int, devices: dict[bytes, bytes], author: Author | None = None
    ) -> bytes:
        """A new secret, sealed to the channel keys of these devices."""
        secret = self.randbytes(32)
        sealed = [[device, seal(secret, channel)] for device, channel in devices.items()]
        self.write_membership(SECRET, {0: epoch, 1: sealed}, author)
        return secret

    def secrets(self) -> list[bytes]:
        """Those that we know, the newest first."""
        if all(e.value[1] != SECRET for e in self.replica.of_class(MEMBERSHIP)):
            return [self.secret]
        return Membership(self.replica).secrets(self.keys, self.secret)

    # --- sessions

    def initiate(
        self,
        psk: bytes | None = None,
        static: bytes | None = None,
        tamper: Tamper = lambda _number, message: message,
    ) -> Channel:
        """A channel under this psk, or under the newest team secret that fits."""
        psks = [psk] if psk else [team_psk(secret) for secret in self.secrets()]
        static = static or self.keys.channel_secret
        while True:
            try:
                return initiate(self.laptop.dial(), psks[0], static, self.randbytes(32), tamper)
            except Closed:
                psks = psks[1:]
                if not psks:
                    raise

    def session(
        self,
        live: bool = False,
        keys: DeviceKeys | None = None,
        replica: Replica | None = None,
    ) -> Session:
        """An honest session, up to both being the same."""
        keys = keys or self.keys
        channel = self.initiate(static=keys.channel_secret)
        return Session(channel, replica or self.replica, keys, True, live).greet().run()

    def hello(
        self,
        channel: Channel,
        keys: DeviceKeys | None = None,
        initiator: bool = True,
        wanted: int = 0,
    ) -> list[Any]:
        fingerprint = self.replica.fingerprint()
        return hello(keys or self.keys, fingerprint, channel.handshake_hash, initiator, wanted)

    def greeted(self, keys: DeviceKeys | None = None) -> Channel:
        """A channel on which our hello went out and nothing else is kept for us."""
        keys = keys or self.keys
        channel = self.initiate(static=keys.channel_secret)
        channel.send(*self.hello(channel, keys))
        return channel

    def code_after(self, *messages: Any, keys: DeviceKeys | None = None) -> Code | str:
        """How a session ends that says those messages after its hello."""
        channel = self.greeted(keys)
        try:
            for message in messages:
                channel.send(*message)
        except Closed:
            pass
        return end_code(channel)

    def code_after_events(self, *events: Event) -> Code | str:
        return self.code_after([EVENTS, [run_of(list(events))]])

    def give(self, *messages: list[list[Event]], stored: list[Event]) -> None:
        """Gives runs to the program, a list of them a message, and waits until it says that it
        holds what we hold and `stored`, and nothing else."""
        channel = self.initiate()
        session = Session(channel, self.replica, self.keys, True, live=True).greet().run()
        for runs in messages:
            session.send(EVENTS, [run_of(run) for run in runs])

        def is_held() -> bool:
            ids = {*self.replica.events, *(e.id for e in stored)}
            return session.heard == Fingerprint(ids).with_count()

        try:
            session.watch(is_held)
        except TimeoutError:
            raise AssertionError(f"it says that it holds {session.heard}") from None
        channel.close()

    def probe(self) -> Event:
        """An event of a new log, with which it is seen that what went before was taken."""
        return self.new_log().event(CONTENT, self.content([0, "share"]))

    # --- what the program shows

    def digest(self) -> str:
        return Brain(self.replica).digest().hex()

    def bodies(self) -> dict[bytes, bool]:
        """Of each event that the program holds, whether it holds its body."""
        path = self.laptop.folder / "exported"
        self.laptop.run("export", "--format", "jsonl", "--to", str(path))
        lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()[1:]]
        return {bytes.fromhex(line["id"]): line["body"] is not None for line in lines}

    def expect_same(self, what: str = "") -> None:
        status = self.laptop.run("status")
        for _ in range(DUTIES):
            if self.laptop.is_listening and status["events"] > len(self.replica.events):
                self.session()
                status = self.laptop.run("status")
        shown = status["events"], status["digest"]
        expect_equal(shown, (len(self.replica.events), self.digest()), f"events, digest {what}")


class ProgramFounds(Team):
    """The program founds the team and listens; we join it by code."""

    def __init__(self, environment: Environment):
        super().__init__(environment)
        try:
            self.laptop.run("init", "--name", "Anna", "--team", "Team Noord")
            self.laptop.run("share", "-t", "sqlite", "-m", "WAL over NFS fails")
            self.laptop.listen()
            self.keys = self.new_keys()
            self.invitation, self.replica, self.secret = self.join("Piet", self.keys)
        except BaseException:
            self.laptop.close()
            raise
        self.author = self.new_log()

    def join(self, name: str, keys: DeviceKeys) -> tuple[Invitation, Replica, bytes]:
        """Joins under an invitation by the program; gives also the replica and the team secret."""
        invitation = Invitation.parse(self.laptop.run("invite")["code"])
        channel = self.initiate(invitation.psk, keys.channel_secret)
        session, _, secrets = Session.join(channel, keys, invitation, name, self.salt())
        return invitation, session.run().replica, secrets[0]


class PeerFounds(Team):
    """We found the team; the program joins it by code, and does not listen yet."""

    def __init__(self, environment: Environment):
        super().__init__(environment)
        self.device_codes: list[DeviceCode] = []
        self.keys, self.secret = self.new_keys(), self.randbytes(32)
        log = self.randbytes(8)
        fields = ["Team Py", "Piet", [self.keys.device()], *self.rules(), ""]
        body = [self.salt(), GENESIS, dict(enumerate(fields))]
        genesis = Author(Replica(b""), self.keys, log).event(MEMBERSHIP, body)
        self.replica = Replica(genesis.id)
        self.replica.add(genesis)
        self.author = Author(self.replica, self.keys, log)
        self.server = socket.create_server(("127.0.0.1", 0))
        self.server.settimeout(SECONDS)
        self.address = f"127.0.0.1:{self.server.getsockname()[1]}"
        try:
            invited = self.invite()
            code, _ = self.joins(invited[0].code, lambda c: self.welcome(c, invited[1]))
            expect_equal(code, 0, "the exit code of join")
        except BaseException:
            self.laptop.close()
            raise

    def __exit__(self, *why: Any) -> None:
        self.server.close()
        super().__exit__(*why)

    def rules(self) -> tuple[bool, list[bytes], int]:
        """Whether a second moderator is needed; the recovery keys and their threshold."""
        return False, [], 0

    def accept(self) -> Channel:
        """Takes the program's connection, under any secret that section 10 lists."""
        sock, _ = self.server.accept()
        sock.settimeout(SECONDS)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        invites = Membership(self.replica).invitations_tried(now())
        by_psk: list[tuple[bytes, Opening]] = [(team_psk(s), s) for s in self.known_secrets()]
        by_psk += [(e.value[2][1], e) for e in invites]
        by_psk += [(code.psk, code) for code in self.device_codes]
        psks = [psk for psk, _ in by_psk]
        channel = respond(sock, psks, self.keys.channel_secret, self.randbytes(32))
        self.opened_by = by_psk[channel.psk_index][1]
        return channel

    def known_secrets(self) -> list[bytes]:
        return self.secrets()[:SECRETS_TRIED]

    def welcome(self, channel: Channel, invite: Event) -> Session:
        expect(self.opened_by is invite, "the program joins under its invitation")
        return Session.admit(channel, self.author, invite, self.secrets(), self.salt()).run()

    def joins(self, code: str, serve: Callable[[Channel], Any]) -> tuple[int, Any]:
        """A laptop joins by code; its exit code and what serve gives."""
        with self.laptop.running(*self._join_words(code)) as process:
            result = serve(self.accept())
            return process.exit_code(), result

    def refuses_code(self, code: str) -> bool:
        """Whether a laptop refuses to join by that code, without a call."""
        exit_code, _ = self.laptop.attempt(*self._join_words(code))
        return exit_code != 0 and not select.select([self.server], [], [], 0)[0]

    def _join_words(self, code: str) -> list[str]:
        path = self.laptop.folder / "code"
        path.write_text(code)
        return ["join", self.address, "--name", "Bram", "--code-file", str(path)]

    def dials(self, serve: Callable[[Channel], Any] | None = None) -> tuple[int, Any]:
        """The program dials us once; its exit code and what serve (or an honest session) gives."""
        with self.laptop.running("sync", self.address, "--once") as process:
            channel = self.accept()
            result = serve(channel) if serve else self.respond(channel)
            return process.exit_code(), result

    def respond(self, channel: Channel, keys: DeviceKeys | None = None) -> Session:
        return Session(channel, self.replica, keys or self.keys, False).greet().run()


# --- conversations of one side --------------------------------------------------------------------


def await_message(channel: Channel, type_: int) -> list[Any]:
    """The next message of a type; a `bye` instead of it is a failure."""
    while True:
        message = channel.receive()
        if message[0] == type_:
            return message
        expect(message[0] != BYE, f"bye {message[1:]} where message {type_} was awaited")


def end_code(channel: Channel) -> Code | str:
    """The code of the `bye` that ends a channel, or `closed`."""
    try:
        return Code(await_bye(channel)[1])
    except (Closed, BadSeal):
        return "closed"
    except TimeoutError:
        return "open"
    finally:
        channel.close()


def await_bye(channel: Channel) -> list[Any]:
    while True:
        message = channel.receive()
        if message[0] == BYE:
            return message
