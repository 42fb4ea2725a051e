"""Public feeds: one calendar a scope and as many filtered ones as asked for, put together from offers written once."""
