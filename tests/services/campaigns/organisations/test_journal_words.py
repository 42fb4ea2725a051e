"""The journal speaks French: every act that any capability writes down has its words."""

import ast
from pathlib import Path

from services.campaigns.organisations.journal.acts import ACTS, SAYS_ITSELF, say_line

CAMPAIGNS = Path(__file__).parents[4] / "services" / "campaigns"


def acts_written() -> dict[str, str]:
    """Act → file, of every call of `write_audit` that names its act in place."""
    found = {}
    for path in CAMPAIGNS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "write_audit":
                act = node.args[2]
                choices = [act.body, act.orelse] if isinstance(act, ast.IfExp) else [act]
                found |= {
                    choice.value: str(path.relative_to(CAMPAIGNS))
                    for choice in choices
                    if isinstance(choice, ast.Constant) and isinstance(choice.value, str)
                }
    return found


def test_every_act_has_its_words():
    written = acts_written()
    assert len(written) > 40
    assert {act: path for act, path in written.items() if act not in ACTS and act not in SAYS_ITSELF} == {}


def test_a_sentence_stands_alone_and_a_thing_follows_its_act():
    assert say_line("publish_offer", "a publié l’offre.") == "A publié l’offre."
    assert say_line("cancel_session", "« Visite 1.1 »") == "Séance annulée : « Visite 1.1 »"
    assert say_line("cancel_offer", "") == "Offre annulée"
    assert say_line("skip_turn", "Un tour passé au suivant : absent") == "Un tour passé au suivant : absent"
    assert say_line("never_heard_of", "« x »") == "Never heard of : « x »"
