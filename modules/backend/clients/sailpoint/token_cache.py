"""The service's token in Redis, sealed, with a lock so that one process at a time renews it."""

import secrets
from dataclasses import dataclass, field
from typing import Any, cast

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from modules.backend.core.redis import Purpose, RedisStores

LOCK_SECONDS = 15
"""Longer than the token endpoint may take."""
MARGIN_SECONDS = 60.0
MARGIN_SHARE = 0.1
LAST_SECONDS = 5.0
"""A token this near to its end is not used: the call it is for takes time, too."""

_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class Token:
    """An access token. Times are seconds of the epoch.

    name: made up, to say "this one" without showing the token
    fresh_until: from then on a new one should be fetched, while this one still serves
    """

    name: str
    access_token: str = field(repr=False)
    fresh_until: float
    usable_until: float
    identity_id: str | None = None

    @classmethod
    def issued(
        cls, access_token: str, lifetime: float, identity_id: str | None, now: float
    ) -> "Token":
        """Kept for its lifetime less 60 s or a tenth, but at least for half of it."""
        margin = min(max(MARGIN_SECONDS, lifetime * MARGIN_SHARE), lifetime / 2)
        return cls(
            name=secrets.token_hex(8),
            access_token=access_token,
            fresh_until=now + lifetime - margin,
            usable_until=now + lifetime - min(LAST_SECONDS, margin),
            identity_id=identity_id,
        )


class Seal:
    """AES-GCM under a key derived from the client's secret: no new secret to keep.

    Whoever reads Redis learns nothing; when the secret changes, old entries are as if not there.
    """

    def __init__(self, secret: str, salt: str) -> None:
        derivation = HKDF(
            algorithm=SHA256(), length=32, salt=salt.encode(), info=b"sailpoint token cache 1"
        )
        self._aead = AESGCM(derivation.derive(secret.encode()))

    def close(self, token: Token, place: str) -> bytes:
        """Sealed for this place alone: what is moved elsewhere does not open."""
        fields = [getattr(token, name) for name in Token.__slots__]
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, orjson.dumps(fields), place.encode())

    def open(self, sealed: bytes, place: str) -> Token | None:
        try:
            opened = self._aead.decrypt(
                sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], place.encode()
            )
            return Token(*orjson.loads(opened))
        except (InvalidTag, ValueError, TypeError):
            return None


_STORE = """
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'name', ARGV[2], 'sealed', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
redis.call('DEL', KEYS[2])
return 1
"""
_FORGET = """
if redis.call('HGET', KEYS[1], 'name') == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""
_UNLOCK = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""


class TokenCache:
    """Every method raises what REDIS_AWAY names."""

    def __init__(self, stores: RedisStores, name: str, seal: Seal) -> None:
        """`name` is the client's; all who share it share the token."""
        self._redis = stores.client(Purpose.SAILPOINT)
        self._seal = seal
        self._place = RedisStores.key(Purpose.SAILPOINT, "token", f"{{{name}}}")
        self._lock = f"{self._place}:lock"
        self._store, self._forget, self._unlock = (
            self._redis.register_script(script) for script in (_STORE, _FORGET, _UNLOCK)
        )

    async def read(self) -> Token | None:
        sealed = await cast(Any, self._redis.hget(self._place, "sealed"))
        return self._seal.open(sealed, self._place) if sealed else None

    async def lock(self, owner: str) -> bool:
        """Whether the owner may renew the token now. The lock goes by itself after a while."""
        return bool(await self._redis.set(self._lock, owner, nx=True, px=LOCK_SECONDS * 1000))

    async def unlock(self, owner: str) -> None:
        await self._unlock(keys=[self._lock], args=[owner])

    async def store(self, token: Token, owner: str, now: float) -> bool:
        """Keeps the token and gives up the lock. False if the lock was lost: nothing is kept."""
        lifetime = max(1, int((token.usable_until - now) * 1000))
        return bool(
            await self._store(
                keys=[self._place, self._lock],
                args=[owner, token.name, self._seal.close(token, self._place), lifetime],
            )
        )

    async def forget(self, token: Token) -> None:
        """Drops the token if it is still the one that is kept."""
        await self._forget(keys=[self._place], args=[token.name])
