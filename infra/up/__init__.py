"""`quinzaine up`: the whole system in one terminal."""

DATABASE = "quinzaine"
