"""Series: workshops and information mornings that are repeated, each slot an offer of its own."""
