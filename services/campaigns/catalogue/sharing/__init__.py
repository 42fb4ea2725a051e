"""Sharing: what search engines, readers of news and other sites are told of the offers."""
