"""A teacher's visits as a calendar holds them; a visit that is off stays in it as cancelled."""

from collections.abc import Sequence

from services.campaigns.teaching.visits.visit import Visit
from shared.calendar.feed import FeedHead, FeedSession
from shared.languages import _
from shared.programme import ProgrammeSession

PAGE = "/planification/eleves/visites"


def sessions_of(visits: Sequence[Visit], *, base_url: str) -> list[FeedSession]:
    """The visits, each an event of its own; no pupil is named in it."""
    return [
        FeedSession(
            session=ProgrammeSession(
                id=visit.id,
                starts_at=visit.starts_at,
                ends_at=visit.ends_at,
                title=_("Visite : {whom}", whom=visit.whom),
                kind="visit",
                host_id=visit.host_id,
                host=visit.host,
                place=visit.place,
                room=visit.room,
                latitude=visit.latitude,
                longitude=visit.longitude,
                contact=visit.contact if visit.planned else "",
                sequence=visit.sequence,
                status=visit.status,
                changed_at=visit.changed_at,
            ),
            offer_title=visit.offer_title,
            offer_url=base_url + PAGE,
            details=((_("Urgence"), visit.emergency_phone), (_("Note"), visit.note)) if visit.planned else (),
        )
        for visit in visits
    ]


def head_of(base_url: str) -> FeedHead:
    """What the downloaded calendar says of itself."""
    return FeedHead(
        name=_("Mes visites"),
        description=_("Les visites que vous avez prévues à vos élèves."),
        source=f"{base_url}{PAGE}.ics",
        url=base_url + PAGE,
    )
