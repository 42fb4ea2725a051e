"""Quotas: seats of an offer that are kept for a school, or for pupils without another host, until a date."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from msgspec import Struct

from shared.french_dates import say_moment
from shared.languages import _, later, n_
from shared.refusal import Refusal

QUOTAS_AT_MOST = 50


class UnknownQuota(Refusal):
    """No seats are kept under this id."""

    reason: ClassVar[str] = "unknown-quota"
    status: ClassVar[int] = 404

    def __init__(self) -> None:
        super().__init__(later("Ces places gardées n’existent pas, ou sont déjà ouvertes à tous."))


class QuotaRefused(Refusal):
    """Seats cannot be kept so: too many, too late, or for nobody."""

    reason: ClassVar[str] = "quota-refused"
    status: ClassVar[int] = 422


class Claim(Struct, frozen=True):
    """What of a pupil decides which kept seats are for them."""

    school_uai: str | None
    without_host: bool


class Quota(Struct, frozen=True, kw_only=True):
    """Seats kept until a date: of one school (`school_uai`), or else of pupils without another host."""

    id: UUID
    seats: int
    school_uai: str | None
    until: datetime
    school_name: str = ""

    def is_for(self, claim: Claim) -> bool:
        """Whether these seats are this pupil's to take."""
        return claim.school_uai == self.school_uai if self.school_uai else claim.without_host

    @property
    def whose(self) -> str:
        """« pour le Lycée Prévert », « pour les élèves sans autre accueil »."""
        if self.school_uai:
            return _("pour {school} ({uai})", school=self.school_name or _("l’établissement"), uai=self.school_uai)
        return _("pour les élèves sans autre accueil")

    def say(self) -> str:
        """« 5 places gardées pour … jusqu’au mardi 4 mai à 12 h »."""
        return n_(
            "{count} place gardée {whose} jusqu’au {until}",
            "{count} places gardées {whose} jusqu’au {until}",
            self.seats,
            whose=self.whose,
            until=say_moment(self.until),
        )


def count_kept(quotas: Iterable[Quota], taken: Counter[Claim]) -> int:
    """Seats kept and not yet used, given how many pupils of each claim have a seat.

    A pupil uses one kept seat at most: its school's first, and one kept for pupils without a host where the school's
    are used up. So as many as possible are used, whatever the order in which they came.
    """
    quotas = tuple(quotas)
    schools = {quota.school_uai: 0 for quota in quotas if quota.school_uai}
    for quota in quotas:
        if quota.school_uai:
            schools[quota.school_uai] += quota.seats
    for_hostless = sum(quota.seats for quota in quotas if not quota.school_uai)
    kept, hostless = 0, 0
    for uai, seats in schools.items():
        with_host, without_host = taken[Claim(uai, False)], taken[Claim(uai, True)]
        kept += max(0, seats - with_host - without_host)
        hostless += min(without_host, max(0, with_host + without_host - seats))
    hostless += sum(count for claim, count in taken.items() if claim.without_host and claim.school_uai not in schools)
    return kept + max(0, for_hostless - hostless)


class Seating:
    """Who may still take a seat of a locked offer, one after the other; `free` seats are nobody's and offered to none.

    Where no seat is kept, everybody may while one is free.
    """

    def __init__(self, free: int, quotas: Iterable[Quota] = (), taken: Counter[Claim] | None = None) -> None:
        self.free = free
        self._quotas = tuple(quotas)
        self._taken = Counter(taken)

    @property
    def kept(self) -> int:
        """Seats kept and not yet used."""
        return count_kept(self._quotas, self._taken)

    def has_room_for(self, claim: Claim) -> bool:
        """Whether a pupil may take a seat: a free one that is kept for nobody, or one kept for such as this one."""
        return self.free > 0 and (self.free > self.kept or self.is_kept_for(claim))

    def is_kept_for(self, claim: Claim) -> bool:
        """Whether this pupil would use a kept seat."""
        return self.free > 0 and count_kept(self._quotas, self._taken + Counter({claim: 1})) < self.kept

    def seat(self, claim: Claim) -> None:
        """Count a pupil in."""
        self.free -= 1
        self._taken[claim] += 1

    def unseat(self, claim: Claim) -> None:
        """Count out again a pupil whom the offer could not seat after all."""
        self.free += 1
        self._taken[claim] -= 1
