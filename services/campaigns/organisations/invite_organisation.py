"""Invite an organisation: find or add it, note its contact, who may be asked to be responsible for it."""

from datetime import datetime

from services.campaigns.access.actor import Actor
from services.campaigns.organisations.add_contact import add_contact
from services.campaigns.organisations.add_organisation import add_organisation
from services.campaigns.organisations.contact import HasItsOwnMembers
from services.campaigns.organisations.introduction import Introduced, Introduction
from services.campaigns.organisations.members.invitation import InvitationForm
from services.campaigns.organisations.members.invite_member import invite_member
from shared.database import Connection


async def invite_organisation(
    connection: Connection, *, actor: Actor, introduction: Introduction, now: datetime
) -> Introduced:
    """What came of it; raises `TooManyContacts`.

    Only of an organisation that this very act adds may a stranger say who is responsible: of one that was known,
    somebody else may host or agree already.
    """
    organisation_id, new = await add_organisation(connection, actor=actor, form=introduction.organisation, now=now)
    try:
        await add_contact(
            connection,
            actor=actor,
            organisation_id=organisation_id,
            form=introduction.contact,
            now=now,
            from_outside=True,
        )
    except HasItsOwnMembers:
        return Introduced(organisation_id=organisation_id, new=new, has_members=True)
    if new and introduction.invite:
        form = InvitationForm(email=introduction.contact.email, role="owner")
        await invite_member(connection, actor=actor, organisation_id=organisation_id, form=form, now=now)
    return Introduced(organisation_id=organisation_id, new=new, invited=new and introduction.invite)
