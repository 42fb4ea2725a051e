"""What the guardian's page reads: one registration behind the link that their mail alone holds."""

from services.campaigns.offers.consent.asking import Asking
from services.campaigns.offers.consent.consent import UnknownConsent
from shared.database import Connection
from shared.signed_links import Signer


async def read_asking(connection: Connection, signer: Signer, token: str) -> Asking:
    """What a guardian's token asks; raises `UnknownConsent` for one cut, foreign, renewed, or of no use any more."""
    # a token that is nobody's is looked up like any other: it is refused in the same time
    signed = signer.read("consent", token)
    row = await connection.fetchrow(
        """
        SELECT r.id, r.offer_id, r.group_id, r.status, r.held_for, r.deadline, r.consented_at, last.answer,
               pupil.first_name, pupil.last_name, p.school_name, p.class_name, guardian.last_name AS guardian_name,
               o.slug AS offer_slug, o.title AS offer_title, o.status = 'over' AS offer_over,
               organisation.name AS organisation,
               (upper(campaign.period) - 1 + make_interval(months => campaign.keep_months))::date AS keeps_until
        FROM campaigns.registrations r
        JOIN campaigns.offers o ON o.id = r.offer_id
        JOIN campaigns.organisations organisation ON organisation.id = o.organisation_id
        JOIN campaigns.campaigns campaign ON campaign.id = o.campaign_id
        JOIN campaigns.pupils p ON p.id = r.pupil_id
        JOIN contract.people pupil ON pupil.id = p.id AND pupil.erased_at IS NULL
        JOIN contract.people guardian ON guardian.id = r.guardian_id AND guardian.erased_at IS NULL
        LEFT JOIN LATERAL (
            SELECT answer FROM campaigns.consents c WHERE c.registration_id = r.id ORDER BY c.id DESC LIMIT 1
        ) last ON true
        WHERE r.id = $1 AND r.guardian_version = $2 AND r.under_15
        """,
        signed.id,
        signed.version,
    )
    if row is None:
        raise UnknownConsent
    return Asking(**dict(row))
