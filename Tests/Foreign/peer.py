#!/usr/bin/env python3
"""A Weonomy peer in Python, written from Protocol.md alone, and the conformance test of section 19.

  peer.py test [--weonomy PROGRAM] [--protocol PAGE] [--seed N] [CASE...]
  peer.py histories N [--seed N] [--steps A B]    random histories of a team, in the program too
  peer.py join HOST:PORT NAME CODE BRAIN-FILE     joins a team and writes what it holds
  peer.py digest BRAIN-FILE                       the brain digest of a brain file

It needs PyNaCl (Debian: python3-nacl); without it, or without the program, `test` is skipped.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import random
import socket
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAM, PAGE = ROOT / ".build/debug/weonomy", ROOT / "Protocol.md"


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    test = commands.add_parser("test", help="the conformance test")
    test.add_argument("--weonomy", type=Path, default=PROGRAM, help="the program under test")
    test.add_argument("--protocol", type=Path, default=PAGE, help="the page with the examples")
    test.add_argument("--seed", type=int, help="of all randomness; printed at the start")
    test.add_argument("cases", nargs="*", metavar="CASE", help="all of them by default")
    join = commands.add_parser("join", help="join a team by code")
    histories = commands.add_parser("histories", help="the long form of the case random_histories")
    histories.add_argument("count", type=int)
    histories.add_argument("--from", type=int, default=0, dest="first", help="number of the first")
    histories.add_argument("--steps", type=int, nargs=2, metavar=("LEAST", "BELOW"), help="each")
    histories.add_argument("--weonomy", type=Path, default=PROGRAM, help="the program under test")
    histories.add_argument("--seed", type=int, help="of all randomness; printed at the start")
    for name in ("address", "name", "code", "file"):
        join.add_argument(name)
    commands.add_parser("digest", help="of a brain file").add_argument("file")
    return parser.parse_args()


def test(options: argparse.Namespace) -> int:
    if not options.weonomy.exists():
        print("skipped: the program is not built")
        return 0
    from wpeer.conformance.runner import Runner

    seed = random.SystemRandom().randrange(1 << 32) if options.seed is None else options.seed
    replay = [sys.argv[0], "test", "--seed", str(seed)]
    if options.weonomy != PROGRAM:
        replay += ["--weonomy", str(options.weonomy)]
    if options.protocol != PAGE:
        replay += ["--protocol", str(options.protocol)]
    runner = Runner(options.weonomy.resolve(), options.protocol, seed, replay)
    return runner.run(options.cases)


def histories(options: argparse.Namespace) -> int:
    from wpeer.conformance.histories import STEPS, run_many

    seed = random.SystemRandom().randrange(1 << 32) if options.seed is None else options.seed
    print(f"seed {seed}", flush=True)
    numbers = range(options.first, options.first + options.count)
    return run_many(options.weonomy.resolve(), PAGE, seed, numbers, options.steps or STEPS)


def join(options: argparse.Namespace) -> int:
    from wpeer import brain_file
    from wpeer.channel import SECONDS, initiate
    from wpeer.fold import Brain
    from wpeer.identity import DeviceKeys, Invitation, SigningKey
    from wpeer.session import Session

    host, port = options.address.rsplit(":", 1)
    invitation = Invitation.parse(options.code)
    keys = DeviceKeys(SigningKey(os.urandom(32)), os.urandom(32))
    sock = socket.create_connection((host, int(port)), SECONDS)
    channel = initiate(sock, invitation.psk, keys.channel_secret, os.urandom(32))
    session, _, _ = Session.join(channel, keys, invitation, options.name, os.urandom(16))
    session.run()
    Path(options.file).write_text(brain_file.write(session.replica), "utf-8")
    print(Brain(session.replica).digest().hex())
    return 0


def digest(options: argparse.Namespace) -> int:
    from wpeer import brain_file
    from wpeer.fold import Brain

    replica = brain_file.read(Path(options.file).read_text("utf-8"))
    print(Brain(replica).digest().hex())
    return 0


def main() -> int:
    options = parse()
    if importlib.util.find_spec("nacl") is None:
        print("skipped: the Python package PyNaCl is not installed")
        return 0 if options.command == "test" else 1
    work = {"test": test, "histories": histories, "join": join, "digest": digest}
    return work[options.command](options)


if __name__ == "__main__":
    sys.exit(main())
