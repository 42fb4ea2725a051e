"""An identity: what a provider vouches for, once its signature and every claim has been checked."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry
from msgspec import Struct

from services.campaigns.access.sign_in import NotAnAddress, parse_address
from shared.languages import later
from shared.refusal import Refusal

# signatures with a key that only the provider has; never none, never a shared secret
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
LEEWAY_SECONDS = 60
SUBJECT_AT_MOST = 255


class NotVouchedFor(Refusal):
    """What the provider sent does not prove who somebody is."""

    reason: ClassVar[str] = "not-vouched-for"
    status: ClassVar[int] = 403

    def __init__(self) -> None:
        super().__init__(
            later("Votre organisation n’a pas pu confirmer qui vous êtes. Recommencez, ou recevez un lien.")
        )


class UnknownPerson(Refusal):
    """The provider knows the person, nobody here does."""

    reason: ClassVar[str] = "unknown-person"
    status: ClassVar[int] = 403

    def __init__(self, email: str) -> None:
        super().__init__(
            later(
                "Aucun compte ne correspond à l’adresse {email}. Un compte s’ouvre sur invitation : "
                "demandez-la à un responsable de votre organisation.",
                email=email,
            )
            if email
            else later(
                "Aucun compte ne correspond à cette identité. Un compte s’ouvre sur invitation : "
                "demandez-la à un responsable de votre organisation."
            )
        )


class Identity(Struct, frozen=True, kw_only=True):
    """Who somebody is: `subject` is issuer and subject, never given to another; `email` only when it is verified."""

    subject: str
    email: str = ""


def check_id_token(
    id_token: str, keys: KeySet, *, issuer: str, client_id: str, nonce: str, now: datetime
) -> dict[str, Any]:
    """The claims of an id token (OpenID Connect Core §3.1.3.7); raises `NotVouchedFor` for whatever is not right."""
    registry = JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    claims = _verify(id_token, keys, registry)
    audience = claims["aud"]
    authorised = claims.get("azp", client_id if isinstance(audience, str) or len(audience) == 1 else None)
    if authorised != client_id:
        raise NotVouchedFor
    return claims


def check_user_info(token: str, keys: KeySet, *, issuer: str, client_id: str, now: datetime) -> dict[str, Any]:
    """The claims of a signed answer about the person (§5.3.2); raises `NotVouchedFor`."""
    registry = JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": client_id},
    )
    return _verify(token, keys, registry)


def read_identity(issuer: str, claims: Mapping[str, Any]) -> Identity:
    """Who the claims are about; raises `NotVouchedFor` for a subject that is none."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= SUBJECT_AT_MOST or not subject.isprintable():
        raise NotVouchedFor
    email, verified = "", claims.get("email_verified")
    if (verified is True or verified == "true") and isinstance(claims.get("email"), str):
        try:
            email = parse_address(claims["email"])
        except NotAnAddress:
            email = ""
    return Identity(subject=f"{issuer} {subject}", email=email)


def _verify(token: str, keys: KeySet, registry: JWTClaimsRegistry) -> dict[str, Any]:
    try:
        claims = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
        registry.validate(claims)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise NotVouchedFor from error
    return claims
