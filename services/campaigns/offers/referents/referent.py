"""A referent teacher as a pupil named them, and what they say of it."""

from datetime import date, timedelta
from typing import ClassVar, Literal
from uuid import UUID

from msgspec import Struct

from services.campaigns.offers.registration_form import CLASS, CLASS_AT_MOST, SCHOOL, SCHOOL_AT_MOST, parse_line
from services.campaigns.schools.directory import school_named
from shared.languages import later
from shared.refusal import Refusal

Said = Literal["asked", "confirmed", "corrected", "unknown"]
Answer = Literal["confirmed", "corrected", "unknown"]
MINE = ("confirmed", "corrected")

# who is named by a whole class within the hour is sent one mail at once and one for all the others
TOLD_AGAIN_AFTER = timedelta(hours=1)


class UnknownTeacherLink(Refusal):
    """The link is cut or foreign, or the pupil named another teacher."""

    reason: ClassVar[str] = "unknown-teacher-link"
    status: ClassVar[int] = 404

    def __init__(self) -> None:
        super().__init__(later("Ce lien n’est pas ou n’est plus valable."))


class NotForALinkToCorrect(Refusal):
    """The pupil was registered before by somebody who did not name this teacher."""

    reason: ClassVar[str] = "not-for-a-link"

    def __init__(self) -> None:
        super().__init__(
            later("Cette correction ne peut pas se faire par ce lien : demandez-la à l’organisateur."), field="school"
        )


class NamedPupil(Struct, frozen=True, kw_only=True):
    """A pupil as the teacher sees them: where they are going only once it is said that they are the teacher's.

    `said` is `asked` while the pupil has named the teacher anew for another offer; `offers` are those said yes to.
    """

    id: UUID
    first_name: str
    last_name: str
    school_name: str
    class_name: str
    said: Said
    offers: "tuple[NamedOffer, ...]" = ()

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def mine(self) -> bool:
        return self.said in MINE


class NamedOffer(Struct, frozen=True, kw_only=True):
    """An offer that a pupil registered for when they named the teacher."""

    slug: str
    title: str
    city: str
    status: str
    first_day: date | None = None
    last_day: date | None = None


class Correction(Struct, frozen=True):
    """The school and the class as the teacher writes them; `uai` where the school is a lycée that is known."""

    school: str
    uai: str | None
    class_name: str


def parse_correction(school: str, class_name: str) -> Correction:
    """Validate what a teacher has written; raises `InvalidField`."""
    name = parse_line(school, "school", SCHOOL, SCHOOL_AT_MOST)
    known = school_named(name)
    return Correction(
        name,
        known.uai if known else None,
        parse_line(class_name, "class_name", CLASS, CLASS_AT_MOST, needed=False),
    )
