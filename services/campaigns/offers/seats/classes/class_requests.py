"""From a class list to requests for seats: the same care as the registration form, a fault at its line and column."""

from collections.abc import Sequence

from msgspec import structs

from services.campaigns.imports.fault import Findings
from services.campaigns.offers.registration import InvalidField, RegistrationRequest
from services.campaigns.offers.registration_form import parse_request
from services.campaigns.offers.seats.classes.class_list import NAMED, PupilLine, says_yes

# a fault hides those behind it: the field is then read as if this stood in it
STAND_INS = {
    "first_name": {"first_name": "a"},
    "last_name": {"last_name": "a"},
    "email": {"email": "a@pupil.example"},
    "guardian_name": {"guardian_name": "a"},
    "guardian_email": {"guardian_email": "a@guardian.example"},
    "class_name": {"class_name": ""},
}


def to_requests(
    pupils: Sequence[PupilLine],
    *,
    school_name: str,
    school_uai: str | None,
    class_name: str,
    key: str,
    findings: Findings,
) -> list[RegistrationRequest]:
    """The requests of a list without faults; with faults they are noted, and what is returned is not to be used.

    The key of a pupil is made of the list's and of what is written of it: the same list sent again is the same
    registrations, a corrected line is another request.
    """
    requests: list[RegistrationRequest] = []
    for pupil in pupils:
        request = _parse(pupil, dict(pupil.fields), school_name, school_uai, class_name, findings)
        if request is not None:
            requests.append(_keyed(request, key))
    return requests


def _parse(
    pupil: PupilLine,
    fields: dict[str, str],
    school_name: str,
    school_uai: str | None,
    class_name: str,
    findings: Findings,
) -> RegistrationRequest | None:
    """One pupil's request; every fault of the line is noted, not the first alone."""
    faulty: set[str] = set()
    while True:
        try:
            return parse_request(
                first_name=fields.get("first_name", ""),
                last_name=fields.get("last_name", ""),
                email=fields.get("email") or None,
                guardian_name=fields.get("guardian_name") or None,
                guardian_email=fields.get("guardian_email") or None,
                school_name=school_name,
                school_uai=school_uai,
                class_name=fields.get("class_name") or class_name,
                idempotency_key=None,
                without_host=says_yes(fields.get("without_host", "")),
                under_15=says_yes(fields.get("under_15", "")),
            )
        except InvalidField as refusal:
            field = refusal.field or ""
            if field not in STAND_INS:
                findings.fault(0, "", refusal.sentence)  # the school of the whole list
                return None
            if field in faulty:
                return None
            faulty.add(field)
            column = pupil.columns.get(field, "")
            sentence = refusal.sentence[0].lower() + refusal.sentence[1:]
            findings.fault(pupil.row, column, sentence if column else f"{NAMED[field].lower()} : {sentence}")
            fields |= STAND_INS[field]


def _keyed(request: RegistrationRequest, key: str) -> RegistrationRequest:
    return structs.replace(request, idempotency_key=f"{key}-{request.body_hash.hex()[:24]}")
