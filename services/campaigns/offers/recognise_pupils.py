"""Recognise who asks: keys that were answered before, pupils who are known, pupils who are already in."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from asyncpg import Record
from msgspec import Struct

from services.campaigns.offers.offer import Offer
from services.campaigns.offers.registration import (
    AlreadyRegistered,
    KeyReused,
    LockedRegistration,
    Registered,
    RegistrationRequest,
)
from services.campaigns.offers.seats.quota import Claim
from shared.database import Connection
from shared.identifiers import new_id
from shared.refusal import Refusal
from shared.signed_links import Signer

LINK_AGAIN_AFTER = timedelta(hours=1)

Outcome = Registered | Refusal


class Newcomer(Struct, eq=False):
    """A request on its way to a registration, in order of arrival; `position` while it waits.

    `claim` decides which kept seats are for them. `brings_guardian`: it names a guardian whom the pupil was not known
    with, who is told of this registration alone. `held`: the seat waits for the address or for the guardian.
    """

    index: int
    request: RegistrationRequest
    pupil_id: UUID
    guardian_id: UUID | None
    group_id: UUID | None = None
    position: int | None = None
    brings_guardian: bool = False
    held: bool = False
    claim: Claim = Claim(None, False)

    def registration(self, offer: Offer) -> LockedRegistration:
        """What it has become in this transaction."""
        return LockedRegistration(
            id=self.request.id,
            offer_id=offer.id,
            pupil_id=self.pupil_id,
            guardian_id=self.guardian_id,
            group_id=self.group_id,
            status="confirmed" if self.position is None else "waiting",
            deadline=None,
            under_15=self.request.under_15,
        )


def find_twins(requests: Sequence[RegistrationRequest]) -> dict[int, int]:
    """Requests of one batch that repeat an earlier one of it, key and body: theirs is that one's answer."""
    first: dict[tuple[str, bytes], int] = {}
    twins: dict[int, int] = {}
    for index, request in enumerate(requests):
        earlier = first.setdefault((request.idempotency_key, request.body_hash), index)
        if earlier != index:
            twins[index] = earlier
    return twins


async def recognise_keys(
    connection: Connection,
    offer: Offer,
    requests: Sequence[RegistrationRequest],
    outcomes: dict[int, Outcome],
    twins: dict[int, int],
) -> list[tuple[int, RegistrationRequest]]:
    """The requests whose key is new; for the others the earlier answer, or a refusal when the body is another."""
    rows = await connection.fetch(
        """
        SELECT r.*
        FROM unnest($2::text[]) AS asked (idempotency_key)
        -- one look into the index for each key, whatever the planner thinks of the table's size
        CROSS JOIN LATERAL (
            SELECT r.idempotency_key, r.body_hash, r.id, r.status, r.token_version, r.held_for, r.deadline,
                   r.link_by_mail,
                   CASE WHEN r.status = 'waiting' THEN
                       (SELECT count(*) FROM campaigns.registrations before
                        WHERE before.offer_id = r.offer_id AND before.status = 'waiting' AND before.rank <= r.rank)
                   END AS position
            FROM campaigns.registrations r
            WHERE r.idempotency_key = asked.idempotency_key AND r.offer_id = $1
            LIMIT 1
        ) r
        """,
        offer.id,
        [request.idempotency_key for request in requests],
    )
    answered = {row["idempotency_key"]: row for row in rows}
    fresh: list[tuple[int, RegistrationRequest]] = []
    keys_of_this_batch: dict[str, RegistrationRequest] = {}
    for index, request in enumerate(requests):
        if index in twins:
            continue
        row = answered.get(request.idempotency_key)
        first = keys_of_this_batch.setdefault(request.idempotency_key, request)
        if row is not None and row["body_hash"] != request.body_hash:
            outcomes[index] = KeyReused()
        elif row is not None:
            outcomes[index] = Registered(
                id=row["id"],
                status=row["status"],
                position=row["position"],
                token_version=row["token_version"],
                # our own retry of a batch whose commit was not heard of is the first answer, not a repeated one
                repeated=row["id"] != request.id,
                by_mail=offer.proof_of_address or row["link_by_mail"],
                held_for=row["held_for"],
                deadline=row["deadline"],
            )
        elif first is not request:
            outcomes[index] = KeyReused()
        else:
            fresh.append((index, request))
    return fresh


async def recognise_pupils(
    connection: Connection,
    offer: Offer,
    fresh: list[tuple[int, RegistrationRequest]],
    signer: Signer,
    outcomes: dict[int, Outcome],
    now: datetime,
) -> tuple[list[Newcomer], list[LockedRegistration]]:
    """Newcomers with their pupil's row, and the registrations of pupils who are already in and get their link again."""
    if not fresh:
        return [], []
    identities = [request.identity(signer) for _, request in fresh]
    unknown = await _insert_pupils(connection, [request for _, request in fresh], identities)
    known = await _read_pupils(connection, offer, [identity for identity in identities if identity not in unknown])
    newcomers: list[Newcomer] = []
    first_of_pupil: dict[UUID, Newcomer] = {}
    asked_again: dict[UUID, LockedRegistration] = {}
    for (index, request), identity in zip(fresh, identities, strict=True):
        row = unknown.get(identity) or known[identity]
        if row["registration_id"] is not None:
            outcomes[index] = AlreadyRegistered()
            if row["link_requested_at"] is None or row["link_requested_at"] <= now - LINK_AGAIN_AFTER:
                asked_again[row["registration_id"]] = LockedRegistration(
                    id=row["registration_id"],
                    offer_id=offer.id,
                    pupil_id=row["id"],
                    guardian_id=row["guardian_id"],
                    group_id=row["group_id"],
                    status=row["status"],
                    deadline=None,
                )
        elif row["id"] in first_of_pupil:
            outcomes[index] = AlreadyRegistered()
        else:
            claim = Claim(request.school_uai, request.without_host)
            newcomer = Newcomer(index, request, row["id"], row["guardian_id"], claim=claim)
            if identity not in unknown and _names_another_guardian(request, row["guardian_email"]):
                newcomer.guardian_id = new_id()
                newcomer.brings_guardian = True
            first_of_pupil[row["id"]] = newcomer
            newcomers.append(newcomer)
    if asked_again:
        await connection.execute(
            "UPDATE campaigns.registrations SET link_requested_at = $2 WHERE id = ANY($1::uuid[])",
            list(asked_again),
            now,
        )
    return newcomers, list(asked_again.values())


def _names_another_guardian(request: RegistrationRequest, known_email: str | None) -> bool:
    return request.guardian_email is not None and request.guardian_email.lower() != (known_email or "").lower()


async def insert_guardians(connection: Connection, newcomers: list[Newcomer]) -> None:
    """Make the guardians whom pupils that were known have brought with them."""
    if not newcomers:
        return
    await connection.execute(
        """
        INSERT INTO contract.people (id, first_name, last_name, email, language)
        SELECT id, '', name, email, language
        FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) AS guardian (id, name, email, language)
        """,
        [newcomer.guardian_id for newcomer in newcomers],
        [newcomer.request.guardian_name for newcomer in newcomers],
        [newcomer.request.guardian_email for newcomer in newcomers],
        [newcomer.request.language for newcomer in newcomers],
    )


async def _insert_pupils(
    connection: Connection, requests: Sequence[RegistrationRequest], identities: Sequence[bytes]
) -> dict[bytes, Record]:
    """Make pupils nobody knows yet, with their people; those made, by identity, in the shape of `_read_pupils`.

    The identities' order keeps two offers from a deadlock.
    """
    rows = await connection.fetch(
        """
        WITH input AS (
            SELECT DISTINCT ON (identity) *
            FROM unnest($1::uuid[], $2::bytea[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::text[], $8::text[],
                        $9::text[], $10::text[], $11::text[], $12::text[])
                AS t (id, identity, first_name, last_name, email, guardian_id, guardian_name, guardian_email,
                      school_name, school_uai, class_name, language)
            ORDER BY identity
        ), fresh AS (
            INSERT INTO campaigns.pupils (id, guardian_id, identity, school_name, school_uai, class_name)
            SELECT id, guardian_id, identity, school_name, school_uai, class_name FROM input
            ON CONFLICT (identity) DO NOTHING
            RETURNING id, identity, guardian_id
        ), people AS (
            INSERT INTO contract.people (id, first_name, last_name, email, language)
            SELECT id, first_name, last_name, email, language FROM input JOIN fresh USING (id)
            UNION ALL
            SELECT input.guardian_id, '', guardian_name, guardian_email, language FROM input JOIN fresh USING (id)
            WHERE input.guardian_id IS NOT NULL
        )
        SELECT id, identity, guardian_id, NULL AS registration_id FROM fresh
        """,
        [new_id() for _ in requests],
        identities,
        [request.first_name for request in requests],
        [request.last_name for request in requests],
        [request.email for request in requests],
        [new_id() if request.guardian_email else None for request in requests],
        [request.guardian_name for request in requests],
        [request.guardian_email for request in requests],
        [request.school_name for request in requests],
        [request.school_uai for request in requests],
        [request.class_name for request in requests],
        [request.language for request in requests],
    )
    return {row["identity"]: row for row in rows}


async def _read_pupils(connection: Connection, offer: Offer, identities: Sequence[bytes]) -> dict[bytes, Record]:
    """Pupils who were known, by identity, each with the living registration on the offer, if there is one."""
    if not identities:
        return {}
    rows = await connection.fetch(
        """
        SELECT p.*
        FROM unnest($2::bytea[]) AS asked (identity)
        CROSS JOIN LATERAL (
            SELECT p.id, p.identity, coalesce(r.guardian_id, p.guardian_id) AS guardian_id,
                   guardian.email AS guardian_email,
                   r.id AS registration_id, r.group_id, r.status, r.link_requested_at
            FROM campaigns.pupils p
            LEFT JOIN contract.people guardian ON guardian.id = p.guardian_id
            LEFT JOIN campaigns.registrations r
                ON r.pupil_id = p.id AND r.offer_id = $1 AND r.status IN ('waiting', 'held', 'confirmed')
            WHERE p.identity = asked.identity
            LIMIT 1
        ) p
        """,
        offer.id,
        identities,
    )
    return {row["identity"]: row for row in rows}
