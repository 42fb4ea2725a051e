"""The version of a campaign that a request was made from, as its header says it."""

from services.campaigns.agreements.campaign import InvalidCampaign
from services.campaigns.given import read_number
from shared.languages import later


def version_of_header(if_match: str | None) -> int | None:
    """The version in `If-Match`, None for none or `*`; raises `InvalidCampaign`."""
    if if_match is None or if_match.strip() == "*":
        return None
    version = read_number(if_match.strip().removeprefix("W/").strip('"'))
    if version < 0:
        raise InvalidCampaign(later("L’en-tête If-Match attend la version de la campagne."), field="If-Match")
    return version
