"""Keys of a contest: who is on its roll, and whose word the log is. Pure: secrets are arguments."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

if TYPE_CHECKING:
    from uuid import UUID


def person_key(master: str, contest_key: UUID, person_ref: UUID) -> str:
    """The key of one person on one contest's roll: 64 hex digits.

    HMAC-SHA256 under a key derived for the contest, so that the keys of two contests share
    nothing; the person is their identity, never a log-in.
    """
    contest_secret = hmac.new(master.encode(), b"roll:" + contest_key.bytes, hashlib.sha256)
    return hmac.new(contest_secret.digest(), person_ref.bytes, hashlib.sha256).hexdigest()


def sign(seed_hex: str, message: bytes) -> str:
    """Ed25519 signature of `message` (RFC 8032), 128 hex digits."""
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed_hex)).sign(message).hex()


def public_key(seed_hex: str) -> str:
    """The public half of the log's signing key, 64 hex digits."""
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed_hex)).public_key()
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def is_signed(public_hex: str, message: bytes, signature_hex: str) -> bool:
    """Whether `signature_hex` is the key's signature of `message`."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_hex)).verify(
            bytes.fromhex(signature_hex), message
        )
    except (InvalidSignature, ValueError):
        return False
    return True
