"""Apply an act: the verb it names, and its line in the audit trail, in the caller's transaction."""

from datetime import datetime
from uuid import UUID

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.offers.cancel_offer import cancel_offer
from services.campaigns.offers.cancel_session import cancel_session
from services.campaigns.offers.change_session import change_session
from services.campaigns.offers.life.consequences.act import Act
from services.campaigns.offers.life.consequences.apply_week_act import apply_week_act
from services.campaigns.offers.life.edit_offer import edit_offer
from services.campaigns.offers.life.read import OfferInLife, SessionInLife, read_session_in_life
from services.campaigns.offers.life.sheet import SheetChange, say_changes
from services.campaigns.offers.session import SessionChange
from shared.database import Connection
from shared.french_dates import say_moment
from shared.languages import speaking


async def apply_act(
    connection: Connection, actor: Actor, offer: OfferInLife, act: Act, *, now: datetime
) -> UUID | None:
    """Do it; returns the session it added.

    Raises what its verb raises, and `UnknownSession` for a session of another offer.
    """
    words = act.words
    tell_after = words.tell_after(now)
    added: UUID | None = None
    if act.name == "cancel_offer":
        if offer.status == "cancelled":
            return None
        await cancel_offer(connection, offer_id=offer.id, note=words.note, now=now)
        detail = "a annulé l’offre."
    elif act.name == "edit_offer":
        changes = await edit_offer(
            connection,
            offer_id=offer.id,
            change=act.sheet or SheetChange(),
            if_match=act.if_match,
            note=words.note,
            tell_after=tell_after,
            now=now,
        )
        if not changes:
            return None
        detail = f"a changé les réglages : {say_changes(changes)}."
    elif act.of_week:
        done = await apply_week_act(connection, act, offer_id=offer.id, tell_after=tell_after, now=now)
        detail, added = done.detail, done.session_id
    else:
        session = await read_session_in_life(connection, offer.id, act.session_id)
        detail = await _on_session(connection, session, act, tell_after, now)
        if await read_session_in_life(connection, offer.id, act.session_id) == session:
            return None
    if tell_after and act.may_wait:
        detail = f"{detail} La nouvelle attend une heure."
    await write_audit(connection, actor, act.name, detail, now=now, offer_id=offer.id)
    return added


async def _on_session(
    connection: Connection, session: SessionInLife, act: Act, tell_after: datetime | None, now: datetime
) -> str:
    cancelled = act.name == "cancel_session"
    if cancelled:
        await cancel_session(connection, session_id=session.id, note=act.words.note, tell_after=tell_after, now=now)
    else:
        await change_session(
            connection,
            session_id=session.id,
            change=act.session or SessionChange(),
            if_match=act.if_match,
            note=act.words.note,
            tell_after=tell_after,
            now=now,
        )
    with speaking("fr"):
        done = "a annulé" if cancelled else "a modifié"
        return f"{done} la séance « {session.title} », {say_moment(session.starts_at)}."
