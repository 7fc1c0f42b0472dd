"""Sections 3 and 6: hashes, signatures, devices, persons, psks and invitation codes."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any, Self

from nacl import bindings as sodium
from nacl.exceptions import CryptoError

from .cbor import encode, is_bytes, is_text, need

DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
CODE_BYTES = 16 + 8 + 3
LABEL_MAX = 64


def H(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=32).digest()


def D(label: str, data: bytes) -> bytes:
    return H(label.encode() + b"\0" + data)


@lru_cache(1 << 14)
def verify(key: bytes, domain: str, message: bytes, signature: bytes) -> bool:
    if len(key) != 32 or len(signature) != 64:
        return False
    try:
        sodium.crypto_sign_open(signature + domain.encode() + b"\0" + message, key)
    except (CryptoError, ValueError):
        return False
    return True


class SigningKey:
    def __init__(self, seed: bytes):
        self.public, self._secret = sodium.crypto_sign_seed_keypair(seed)

    def sign(self, domain: str, message: bytes) -> bytes:
        return sodium.crypto_sign(domain.encode() + b"\0" + message, self._secret)[:64]


def person_of(first_device_key: bytes) -> bytes:
    return D("weonomy/1 person", first_device_key)


class DeviceKeys:
    """The key pairs of one device."""

    def __init__(self, signing: SigningKey, channel_secret: bytes, label: str = "python"):
        self.signing, self.channel_secret, self.label = signing, channel_secret, label
        self.channel = sodium.crypto_scalarmult_base(channel_secret)

    @property
    def public(self) -> bytes:
        return self.signing.public

    @property
    def person(self) -> bytes:
        """The person whose first device this is."""
        return person_of(self.public)

    def device(self, person: bytes | None = None) -> list[Any]:
        named = [self.public, self.channel, self.label]
        signed = encode([person or self.person, *named])
        return [*named, self.signing.sign("weonomy/1 device", signed)]


def is_device(x: Any) -> bool:
    return (
        isinstance(x, list)
        and len(x) == 4
        and is_bytes(x[0], 32)
        and is_bytes(x[1], 32)
        and is_text(x[2], LABEL_MAX)
        and is_bytes(x[3], 64)
    )


def is_valid_for(device: list[Any], person: bytes) -> bool:
    return sodium.crypto_core_ed25519_is_valid_point(device[0]) and verify(
        device[0], "weonomy/1 device", encode([person, *device[:3]]), device[3]
    )


def team_psk(secret: bytes) -> bytes:
    return D("weonomy/1 team psk", secret)


class Invitation:
    """A seed that is handed over as a code."""

    prefix, key_label = "we", "weonomy/1 invite key"
    psk_label, check_label = "weonomy/1 invite psk", "weonomy/1 invite code"

    def __init__(self, seed: bytes, team_prefix: bytes):
        self.seed, self.team_prefix = seed, team_prefix
        self.key = SigningKey(D(self.key_label, seed))
        self.psk = D(self.psk_label, seed)

    @classmethod
    def _check(cls, raw: bytes) -> bytes:
        return D(cls.check_label, raw)[:3]

    @property
    def code(self) -> str:
        raw = self.seed + self.team_prefix
        raw += self._check(raw)
        bits = "".join(f"{byte:08b}" for byte in raw)
        bits += "0" * (-len(bits) % 5)
        digits = (DIGITS[int(bits[i : i + 5], 2)] for i in range(0, len(bits), 5))
        text = self.prefix + "".join(digits)
        return "-".join(text[i : i + 6] for i in range(0, len(text), 6))

    @classmethod
    def parse(cls, code: str) -> Self:
        text = code.strip().replace("-", "").replace(" ", "")
        need(text.isascii(), "not a code")
        text = text.lower()
        need(text.startswith(cls.prefix) and len(text) == 2 + 44, "not a code")
        need(all(c in DIGITS for c in text[2:]), "not a digit of a code")
        bits = "".join(f"{DIGITS.index(c):05b}" for c in text[2:])
        need("1" not in bits[8 * CODE_BYTES :], "filling bits that are not zero")
        raw = int(bits[: 8 * CODE_BYTES], 2).to_bytes(CODE_BYTES, "big")
        need(cls._check(raw[:24]) == raw[24:], "a wrong digit in the code")
        return cls(raw[:16], raw[16:24])


class DeviceCode(Invitation):
    """Lets a further device of a person in."""

    prefix, psk_label, check_label = "wd", "weonomy/1 pair psk", "weonomy/1 pair code"


class RecoveryKey(Invitation):
    """A printed key of the council."""

    prefix, key_label, check_label = "wr", "weonomy/1 recovery key", "weonomy/1 recovery code"


def seal(data: bytes, channel_key: bytes) -> bytes:
    return sodium.crypto_box_seal(data, channel_key)


def unseal(sealed: bytes, keys: DeviceKeys) -> bytes | None:
    try:
        return sodium.crypto_box_seal_open(sealed, keys.channel, keys.channel_secret)
    except (CryptoError, ValueError, TypeError):
        return None
