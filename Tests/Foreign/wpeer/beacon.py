"""Section 13: what a laptop says of itself on the local network."""

from __future__ import annotations

from dataclasses import dataclass

from nacl import bindings as sodium
from nacl.exceptions import CryptoError

from .cbor import decode_first, encode
from .identity import D

DATAGRAM_BYTES, NONCE_BYTES, PLAIN_BYTES = 128, 24, 88
SECRETS_MAX = 4


@dataclass(frozen=True)
class Beacon:
    instance: bytes
    sequence: int
    device: bytes
    port: int
    fingerprint: bytes
    flags: int = 0

    @property
    def plain(self) -> bytes:
        fields = [
            1, self.instance, self.sequence, self.device, self.port, self.fingerprint, self.flags,
        ]
        return encode(fields).ljust(PLAIN_BYTES, b"\0")


def hour_of(wall_ms: int) -> int:
    return wall_ms // 3_600_000


def key_of(secret: bytes, hour: int) -> bytes:
    return D("weonomy/1 beacon", secret + (hour % 2**64).to_bytes(8, "big"))


def seal(beacon: Beacon, secret: bytes, hour: int, nonce: bytes) -> bytes:
    sealed = sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(
        beacon.plain, None, nonce, key_of(secret, hour)
    )
    return nonce + sealed


def open_beacon(datagram: bytes, secrets: list[bytes], hour: int) -> Beacon | None:
    """What it says, where it is of one of these secrets and of this hour or a neighbour of it."""
    if len(datagram) != DATAGRAM_BYTES:
        return None
    nonce, sealed = datagram[:NONCE_BYTES], datagram[NONCE_BYTES:]
    for candidate in (hour, hour - 1, hour + 1):
        for secret in secrets[:SECRETS_MAX]:
            try:
                plain = sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
                    sealed, None, nonce, key_of(secret, candidate)
                )
            except CryptoError:
                continue
            fields = decode_first(plain)
            if not isinstance(fields, list) or len(fields) != 7 or fields[0] != 1:
                return None
            return Beacon(*fields[1:])
    return None
