"""Guarding: a robot is slowed down, thirty pupils behind the one address of their school are not."""
