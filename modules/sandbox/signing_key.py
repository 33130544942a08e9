"""The issuer's RSA key, kept on disk so that tokens outlive a restart."""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any, cast

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from modules.sandbox.secret_file import write_private

KEY_SIZE = 2048


def load_or_create_key(path: Path) -> rsa.RSAPrivateKey:
    """The key in the file, which is made on first use.

    Raises `ValueError` for a file that holds something else.
    """
    if not path.exists():
        write_private(path, _create_key())
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError(f"{path} holds a key that is not RSA; delete the file")
    return key


def public_jwk(key: rsa.RSAPrivateKey) -> dict[str, Any]:
    """The public half as a JSON web key."""
    algorithm = jwt.get_algorithm_by_name("RS256")
    fields = algorithm.to_jwk(key.public_key(), as_dict=True)
    jwk = {"e": fields["e"], "kty": "RSA", "n": fields["n"]}
    return {**jwk, "use": "sig", "alg": "RS256", "kid": _thumbprint(jwk)}


def key_id(jwk: dict[str, Any]) -> str:
    return cast("str", jwk["kid"])


def _thumbprint(jwk: dict[str, Any]) -> str:
    """RFC 7638: the hash of the required members, in the order of their names."""
    canonical = json.dumps(jwk, sort_keys=True, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(hashlib.sha256(canonical).digest()).rstrip(b"=").decode()


def _create_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_SIZE)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
