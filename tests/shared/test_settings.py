"""Settings: a wrong value is one line that names its variable."""

import pytest

from shared.settings import SettingsError, read_settings

GOOD = {"QUINZAINE_SECRET_KEYS": "un-secret-pour-les-tests"}


def test_everything_has_a_default_but_the_secret():
    assert read_settings(GOOD).smtp_connections == 4
    with pytest.raises(SettingsError, match="QUINZAINE_SECRET_KEYS"):
        read_settings({})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("QUINZAINE_DATABASE_URL", "mysql://x"),
        ("QUINZAINE_DATABASE_URL", "postgresql://x:y"),
        ("QUINZAINE_DATABASE_URL", "postgresql://x/y?port=abc"),
        ("QUINZAINE_DATABASE_URL", "postgresql://x/y?host=a,b&port=5432,99999"),
        ("QUINZAINE_DATABASE_URL", "postgresql://x/y?sslmode=bogus"),
        ("QUINZAINE_BROKER_URL", "kafka://x"),
        ("QUINZAINE_SMTP_URL", "mail.example"),
        ("QUINZAINE_BASE_URL", "quinzaine.example"),
        ("QUINZAINE_DATABASE_URL", "postgresql://a..b/x"),
        ("QUINZAINE_DATABASE_URL", "postgresql://\udcff/x"),
        ("QUINZAINE_SMTP_URL", "smtp://"),
        ("QUINZAINE_BASE_URL", "https://"),
        ("QUINZAINE_HOST", ""),
        ("QUINZAINE_HOST", "é..x"),
        ("QUINZAINE_HOST", "a" * 70 + ".example"),
        ("QUINZAINE_MAIL_DOMAIN", "a b"),
        ("QUINZAINE_MAIL_DOMAIN", "é.example"),
        ("QUINZAINE_MAIL_DOMAIN", ".".join(["a"] * 150)),
        ("QUINZAINE_SECRET_KEYS", "\udcff" * 20),
        ("QUINZAINE_PORT", "80000"),
        ("QUINZAINE_PORT", "x"),
        ("QUINZAINE_COALESCING_SECONDS", "-1"),
        ("QUINZAINE_QUIET_HOURS", "20"),
        ("QUINZAINE_QUIET_HOURS", "20-24"),
        ("QUINZAINE_FEED_MEMORY_SECONDS", "5"),
        ("QUINZAINE_LOG_LEVEL", "loud"),
        ("QUINZAINE_SECRET_KEYS", "short"),
        ("QUINZAINE_LIMITS", "everything=1/1"),
        ("QUINZAINE_LIMITS", "guessing=0/1"),
        ("QUINZAINE_LIMITS", "guessing=5"),
        ("QUINZAINE_TRUSTED_HOPS", "-1"),
    ],
)
def test_a_wrong_value_is_one_line_that_names_the_variable(name, value):
    with pytest.raises(SettingsError) as refused:
        read_settings({**GOOD, name: value})
    assert str(refused.value).startswith(name)
    assert "\n" not in str(refused.value)


def test_the_broker_is_the_database_unless_told_otherwise():
    settings = read_settings({**GOOD, "QUINZAINE_DATABASE_URL": "postgresql://db/quinzaine"})
    assert settings.broker_url == "postgresql://db/quinzaine"


def test_the_nodes_of_a_rabbitmq_are_named_one_after_the_other():
    nodes = "amqp://u:p@one:5672?queue=a;amqps://u:p@two:5671"
    assert read_settings({**GOOD, "QUINZAINE_BROKER_URL": nodes}).broker_url == nodes
    for second in ("postgresql://two/x", "amqp://two:70000", "two", ""):
        with pytest.raises(SettingsError, match="QUINZAINE_BROKER_URL"):
            read_settings({**GOOD, "QUINZAINE_BROKER_URL": f"amqp://one;{second}"})


def test_a_socket_of_postgresql_may_lie_in_any_folder():
    for url in ("postgresql://u@/x?host=/run/postgresql", f"postgresql://u@%2Ftmp%2F{'a' * 70}/x"):
        assert read_settings({**GOOD, "QUINZAINE_DATABASE_URL": url}).database_url == url


PROVIDER = {
    "QUINZAINE_OIDC_ISSUER": "https://connexion.academie.example",
    "QUINZAINE_OIDC_CLIENT_ID": "quinzaine",
    "QUINZAINE_OIDC_CLIENT_SECRET": "un-autre-secret",
}


def test_a_provider_to_sign_in_through_is_named_whole_or_not_at_all():
    assert read_settings(GOOD).oidc_issuer == ""
    assert read_settings({**GOOD, **PROVIDER}).oidc_client_id == "quinzaine"
    for name in PROVIDER:
        with pytest.raises(SettingsError, match=name):
            read_settings({**GOOD, **PROVIDER, name: ""})


@pytest.mark.parametrize(
    ("issuer", "accepted"),
    [
        ("http://connexion.academie.example", False),
        ("http://localhost:9400", True),
        ("http://127.0.0.1:9400", True),
        ("https://connexion.academie.example/realms/a", True),
        ("https://connexion.academie.example/?x=1", False),
        ("https://u:p@connexion.academie.example", False),
        ("connexion.academie.example", False),
    ],
)
def test_a_provider_elsewhere_is_reached_over_https_only(issuer, accepted):
    values = {**GOOD, **PROVIDER, "QUINZAINE_OIDC_ISSUER": issuer}
    if accepted:
        assert read_settings(values).oidc_issuer == issuer
    else:
        with pytest.raises(SettingsError, match="QUINZAINE_OIDC_ISSUER"):
            read_settings(values)


def test_limits_are_the_usual_ones_but_for_those_that_are_named():
    usual = read_settings(GOOD).limits
    assert set(usual) == {"registering", "sending_mail", "guessing", "acting"}
    named = read_settings({**GOOD, "QUINZAINE_LIMITS": "guessing=5/2, registering = 300/90"}).limits
    assert named == {**usual, "guessing": (5, 2), "registering": (300, 90)}
    assert read_settings({**GOOD, "QUINZAINE_LIMITS": "off"}).limits == {}
