"""The answer of a company as its page holds it: a button, a word, and another time where one is proposed."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import cast, get_args

from msgspec import Struct, structs

from services.campaigns.offers.hosts.host_request import Answer, GivenAnswer, parse_answer
from services.campaigns.offers.session import InvalidChange
from shared.french_dates import PARIS
from shared.languages import later

SHOWN_AT_MOST = 700


class AnswerForm(Struct, frozen=True, kw_only=True):
    """What stands in the fields; dates and times as browsers send them."""

    answer: str = ""
    word: str = ""
    date: str = ""
    start: str = ""
    end: str = ""

    def parse(self) -> GivenAnswer:
        """The answer; raises `InvalidChange` with the field of this form."""
        if self.answer not in get_args(Answer):
            raise InvalidChange(later("Choisissez une réponse."), field="answer")
        answer = cast("Answer", self.answer)
        if answer != "proposed":
            return parse_answer(answer, word=self.word)
        day = _day(self.date)
        starts_at, ends_at = (
            datetime.combine(day, _time(text, field), tzinfo=PARIS)
            for text, field in ((self.start, "start"), (self.end, "end"))
        )
        try:
            return parse_answer(answer, word=self.word, starts_at=starts_at, ends_at=ends_at)
        except InvalidChange as refusal:
            fields = {"starts_at": "start", "ends_at": "end"}
            raise InvalidChange(refusal.sentence, field=fields.get(refusal.field or "", refusal.field)) from refusal

    def shown(self) -> "AnswerForm":
        """The same to be shown again, cut to what a page can carry."""
        return AnswerForm(**{name: value[:SHOWN_AT_MOST] for name, value in structs.asdict(self).items()})


def read_answer_form(fields: Mapping[str, object]) -> AnswerForm:
    """The form in a POST; what is not text, or not asked for, is left out."""
    names = AnswerForm.__struct_fields__
    return AnswerForm(**{name: value for name in names if isinstance(value := fields.get(name, ""), str)})


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise InvalidChange(later("Indiquez le jour que vous proposez."), field="date") from error


def _time(text: str, field: str) -> time:
    try:
        read = time.fromisoformat(text.strip())
    except ValueError as error:
        raise InvalidChange(later("Indiquez l’heure, par exemple 09:30."), field=field) from error
    if read.tzinfo is not None:
        raise InvalidChange(later("Indiquez l’heure, par exemple 09:30."), field=field)
    return read.replace(second=0, microsecond=0)
