"""Invented webinars: an invitation with a sentence and without, a change, a cancellation."""

from datetime import datetime
from typing import Any
from uuid import UUID

from services.notifications.samples.appointments import FACT
from shared.changes import FieldChange
from shared.french_dates import PARIS
from shared.notices import AnyNotice
from shared.webinars import WebinarCancelled, WebinarChanged, WebinarInvited

_WEBINAR: dict[str, Any] = {
    **FACT,
    "webinar_id": UUID(int=81),
    "sequence": 0,
    "organisation": "Fédération des métiers",
    "title": "Préparer juin avec vos élèves",
    "starts_at": datetime(2027, 5, 20, 17, 30, tzinfo=PARIS),
    "ends_at": datetime(2027, 5, 20, 18, 30, tzinfo=PARIS),
    "link": "https://visio.example/preparer-juin",
    "source": "Rectorat, liste des chefs d’établissement, mars 2027",
}
OF_WEBINARS: dict[str, AnyNotice] = {
    "webinar_invited": WebinarInvited(
        **{**_WEBINAR, "word": "Vos questions sont les bienvenues.\nLa séance sera courte."}
    ),
    "webinar_invited.no_word": WebinarInvited(**_WEBINAR),
    "webinar_changed": WebinarChanged(
        **{**_WEBINAR, "sequence": 1},
        changes=(
            FieldChange(field="starts_at", before="2027-05-19T15:30:00Z", after="2027-05-20T15:30:00Z"),
            FieldChange(
                field="online_url", before="https://visio.example/ancien", after="https://visio.example/preparer-juin"
            ),
        ),
    ),
    "webinar_cancelled": WebinarCancelled(**{**_WEBINAR, "sequence": 2}),
}
