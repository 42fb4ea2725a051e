"""The facts about agreements, as they are told: one place that knows what each notice carries."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from services.campaigns.agreements.campaign import LockedCampaign
from services.campaigns.agreements.partners.agreement import Agreement
from shared.notices import AgreementNotice

Kind = TypeVar("Kind", bound=AgreementNotice)


def say_agreement(
    kind: type[Kind],
    campaign: LockedCampaign,
    agreement: Agreement,
    *,
    recipients: Sequence[UUID],
    awaited: Sequence[str] = (),
    word: str = "",
    changes: Sequence[str] = (),
    now: datetime,
) -> Kind:
    """A notice about one agreement. The campaign is named as it will be called, as the partner was asked.

    What changed is told to who agreed to the version before, and to whom `changes` are given.
    """
    open_round = campaign.version > campaign.agreed_version
    if open_round and agreement.agreed_version > 0:
        changes = campaign.changes
    return kind(
        occurred_at=now,
        recipients=tuple(recipients),
        agreement_id=agreement.id,
        campaign_id=campaign.id,
        campaign=campaign.proposed.title,
        lead=campaign.lead,
        organisation=agreement.organisation,
        version=agreement.asked_version,
        word=word,
        changes=tuple(changes),
        changes_en=campaign.changes_en if changes else (),
        awaited=tuple(awaited),
    )


def awaited_of(agreements: Sequence[Agreement]) -> list[str]:
    """The names of who has not answered the newest version, or has declined it."""
    return [agreement.organisation for agreement in agreements if agreement.state in ("awaited", "declined")]
