"""Signs of French titles: they stay on the line of the word before."""

from services.campaigns.look.signs import keep_signs


def test_no_line_of_a_title_begins_with_a_sign_and_nothing_else_changes():
    page = '<h1 class="num">Énergie : produire « autrement » ?</h1><p>Une question ?</p><input value="Et : ?">'
    kept = '<h1 class="num">Énergie\u00a0: produire «\u00a0autrement\u00a0»\u00a0?</h1>'
    assert keep_signs(page) == f'{kept}<p>Une question ?</p><input value="Et : ?">'
    assert keep_signs("<h1>Who comes?</h1>") == "<h1>Who comes?</h1>"
