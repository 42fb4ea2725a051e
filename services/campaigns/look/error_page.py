"""The page a person reads when something is refused, missing or broken."""

from services.campaigns.look.pages import render
from shared.languages import _, later

TITLES = {
    401: later("Cette page est réservée"),
    403: later("Cette page est réservée"),
    404: later("Cette page n’existe pas"),
    405: later("Cette adresse ne s’ouvre pas ainsi"),
    409: later("Ce n’est plus possible"),
    413: later("Cette demande est trop grande"),
    429: later("Un instant"),
    500: later("Quelque chose n’a pas marché"),
    503: later("Un instant"),
}


# rooms of planners whose pages lie below no offer and no campaign
WIDE_ROOMS = ("offres", "accueils", "intervenants", "classes", "organisation", "series")


def error_page(status: int, sentence: str, *, path: str = "/") -> str:
    """The whole page as HTML. `sentence` says plainly what happened; `status` is the HTTP status.

    A planner is led back to the room that `path` is in, everybody else to the offers.
    """
    back = _room_of(path)
    title = str(TITLES.get(status, later("Cette demande ne peut pas aboutir") if status < 500 else TITLES[500]))
    if sentence.rstrip(".") == title:
        sentence = (
            _("L’adresse est peut-être incomplète.")
            if back
            else _("L’adresse est peut-être incomplète. Toutes les offres sont à un pas d’ici.")
        )
    return render("look/templates/error.html", title=title, sentence=sentence, status=status, back=back)


def _room_of(path: str) -> str:
    parts = [part for part in path.split("/") if part]
    if parts[:1] != ["planification"]:
        return ""
    rooms = parts[1:3] if len(parts) > 3 else parts[1:2] if len(parts) > 2 else []
    if rooms and rooms[0] in WIDE_ROOMS:
        rooms = rooms[:1]
    return "/".join(("", "planification", *rooms))
