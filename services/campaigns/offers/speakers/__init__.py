"""Speakers: a bank of professionals, who are asked to testify and answer."""
