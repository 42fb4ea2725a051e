"""Embedding: the offers on somebody else's site, as a frame, as an element, or by oEmbed."""
