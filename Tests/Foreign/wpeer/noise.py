"""Section 10, first half: the handshake of Noise_XXpsk0_25519_ChaChaPoly_BLAKE2b, rev 34."""

from __future__ import annotations

import hashlib
import hmac
import struct

from nacl import bindings as sodium
from nacl.exceptions import CryptoError

PROTOCOL = b"Noise_XXpsk0_25519_ChaChaPoly_BLAKE2b"
PROLOGUE = b"weonomy/1"
TAG = 16
MESSAGE_BYTES = (48, 96, 64)


class BadSeal(Exception):
    """A frame or handshake message whose form or seal is wrong."""


def _hash(data: bytes) -> bytes:
    return hashlib.blake2b(data).digest()


def _hkdf(chaining_key: bytes, material: bytes, outputs: int) -> list[bytes]:
    temporary = hmac.new(chaining_key, material, hashlib.blake2b).digest()
    out, last = [], b""
    for i in range(1, outputs + 1):
        last = hmac.new(temporary, last + bytes([i]), hashlib.blake2b).digest()
        out.append(last)
    return out


def dh(secret: bytes, public: bytes) -> bytes:
    return sodium.crypto_scalarmult(secret, public)


def public_of(secret: bytes) -> bytes:
    return sodium.crypto_scalarmult_base(secret)


class CipherState:
    def __init__(self, key: bytes):
        self.key, self.nonce = key, 0

    @staticmethod
    def _nonce(n: int) -> bytes:
        return bytes(4) + struct.pack("<Q", n)

    def encrypt(self, plaintext: bytes, ad: bytes = b"") -> bytes:
        out = sodium.crypto_aead_chacha20poly1305_ietf_encrypt(
            plaintext, ad, self._nonce(self.nonce), self.key
        )
        self.nonce += 1
        return out

    def decrypt(self, ciphertext: bytes, ad: bytes = b"") -> bytes:
        if len(ciphertext) < TAG:
            raise BadSeal("shorter than a tag")
        try:
            out = sodium.crypto_aead_chacha20poly1305_ietf_decrypt(
                ciphertext, ad, self._nonce(self.nonce), self.key
            )
        except CryptoError as error:
            raise BadSeal("a seal that does not fit") from error
        self.nonce += 1
        return out

    def rekey(self) -> None:
        self.key = sodium.crypto_aead_chacha20poly1305_ietf_encrypt(
            bytes(32), b"", self._nonce(2**64 - 1), self.key
        )[:32]


class SymmetricState:
    def __init__(self) -> None:
        self.h = PROTOCOL + bytes(64 - len(PROTOCOL))
        self.chaining_key = self.h
        self.cipher: CipherState | None = None
        self.mix_hash(PROLOGUE)

    def mix_hash(self, data: bytes) -> None:
        self.h = _hash(self.h + data)

    def mix_key(self, material: bytes) -> None:
        self.chaining_key, key = _hkdf(self.chaining_key, material, 2)
        self.cipher = CipherState(key[:32])

    def mix_key_and_hash(self, psk: bytes) -> None:
        self.chaining_key, part, key = _hkdf(self.chaining_key, psk, 3)
        self.mix_hash(part)
        self.cipher = CipherState(key[:32])

    def mix_ephemeral(self, public: bytes) -> None:
        self.mix_hash(public)
        self.mix_key(public)

    def encrypt_and_hash(self, plaintext: bytes) -> bytes:
        assert self.cipher
        out = self.cipher.encrypt(plaintext, self.h)
        self.mix_hash(out)
        return out

    def decrypt_and_hash(self, ciphertext: bytes) -> bytes:
        assert self.cipher
        out = self.cipher.decrypt(ciphertext, self.h)
        self.mix_hash(ciphertext)
        return out

    def split(self) -> tuple[CipherState, CipherState]:
        one, two = _hkdf(self.chaining_key, b"", 2)
        return CipherState(one[:32]), CipherState(two[:32])


def _check_length(number: int, message: bytes) -> None:
    if len(message) != MESSAGE_BYTES[number - 1]:
        raise BadSeal(f"handshake message {number} has another length")


class Initiator:
    """Who dials: `write1`, `read2`, `write3`."""

    def __init__(self, psk: bytes, static: bytes, ephemeral: bytes):
        self.state, self.static, self.ephemeral = SymmetricState(), static, ephemeral
        self.state.mix_key_and_hash(psk)

    def write1(self) -> bytes:
        public = public_of(self.ephemeral)
        self.state.mix_ephemeral(public)
        return public + self.state.encrypt_and_hash(b"")

    def read2(self, message: bytes) -> None:
        _check_length(2, message)
        state, self.peer_ephemeral = self.state, message[:32]
        state.mix_ephemeral(self.peer_ephemeral)
        state.mix_key(dh(self.ephemeral, self.peer_ephemeral))
        self.peer_static = state.decrypt_and_hash(message[32:80])
        state.mix_key(dh(self.ephemeral, self.peer_static))
        state.decrypt_and_hash(message[80:])

    def write3(self) -> bytes:
        out = self.state.encrypt_and_hash(public_of(self.static))
        self.state.mix_key(dh(self.static, self.peer_ephemeral))
        return out + self.state.encrypt_and_hash(b"")


class Responder:
    """Who is dialled: `read1`, `write2`, `read3`."""

    def __init__(self, psks: list[bytes], static: bytes, ephemeral: bytes):
        self.psks, self.static, self.ephemeral = psks, static, ephemeral
        self.psk_index = -1

    def read1(self, message: bytes) -> None:
        _check_length(1, message)
        self.peer_ephemeral = message[:32]
        for index, psk in enumerate(self.psks):
            self.state = SymmetricState()
            self.state.mix_key_and_hash(psk)
            self.state.mix_ephemeral(self.peer_ephemeral)
            try:
                self.state.decrypt_and_hash(message[32:])
            except BadSeal:
                continue
            self.psk_index = index
            return
        raise BadSeal("no secret fits")

    def write2(self) -> bytes:
        state, public = self.state, public_of(self.ephemeral)
        state.mix_ephemeral(public)
        state.mix_key(dh(self.ephemeral, self.peer_ephemeral))
        out = public + state.encrypt_and_hash(public_of(self.static))
        state.mix_key(dh(self.static, self.peer_ephemeral))
        return out + state.encrypt_and_hash(b"")

    def read3(self, message: bytes) -> None:
        _check_length(3, message)
        self.peer_static = self.state.decrypt_and_hash(message[:48])
        self.state.mix_key(dh(self.ephemeral, self.peer_static))
        self.state.decrypt_and_hash(message[48:])
