"""Ask a question: it is kept until the button behind its mail is pressed; the answer to all is the same."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.questions.question import (
    LINK_LIFE,
    UNSENT_OF_AN_ADDRESS,
    UNSENT_OF_AN_OFFER,
    Asked,
    QuestionsClosed,
)
from shared.database import Connection
from shared.identifiers import new_id
from shared.languages import language
from shared.outbox import append_events
from shared.question_notices import QuestionAsked


async def ask_question(connection: Connection, *, offer_id: UUID, asked: Asked, now: datetime) -> None:
    """Keep the question and write to its asker; raises `QuestionsClosed`.

    Who has asked too much lately gets no mail, and is not told so: nobody fills a stranger's mailbox from here.
    """
    # two at once of one address count each other
    await connection.execute("SELECT pg_advisory_xact_lock(hashtext('questions'), hashtext($1))", asked.email)
    offer = await connection.fetchrow(
        """
        SELECT o.title, g.name AS organisation FROM campaigns.offers o
        JOIN campaigns.organisations g ON g.id = o.organisation_id
        WHERE o.id = $1 AND o.status IN ('published', 'closed') AND (o.busy IS NULL OR upper(o.busy) > $2)
        """,
        offer_id,
        now,
    )
    if offer is None:
        raise QuestionsClosed
    lately = await connection.fetchrow(
        """
        SELECT count(*) FILTER (WHERE p.email = $1) AS of_address, count(*) FILTER (WHERE q.offer_id = $2) AS of_offer
        FROM campaigns.questions q JOIN contract.people p ON p.id = q.asker_id
        WHERE q.sent_at IS NULL AND q.asked_at > $3
        """,
        asked.email,
        offer_id,
        now - LINK_LIFE,
    )
    if lately is None or lately["of_address"] >= UNSENT_OF_AN_ADDRESS or lately["of_offer"] >= UNSENT_OF_AN_OFFER:
        return
    question_id, asker_id = new_id(), new_id()
    await connection.execute(
        "INSERT INTO contract.people (id, first_name, last_name, email, language) VALUES ($1, '', '', $2, $3)",
        asker_id,
        asked.email,
        language(),
    )
    await connection.execute(
        "INSERT INTO campaigns.questions (id, offer_id, asker_id, words, asked_at) VALUES ($1, $2, $3, $4, $5)",
        question_id,
        offer_id,
        asker_id,
        asked.words,
        now,
    )
    await append_events(
        connection,
        [
            QuestionAsked(
                occurred_at=now,
                recipients=(asker_id,),
                question_id=question_id,
                offer=offer["title"],
                organisation=offer["organisation"],
                expires_at=now + LINK_LIFE,
            )
        ],
    )
