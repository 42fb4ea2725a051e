"""Who attacks: visitors of the whole application, signed in or not."""

from tests.services.campaigns.conftest import planner, sign_in, small_week, visitor

__all__ = ["planner", "sign_in", "small_week", "visitor"]
