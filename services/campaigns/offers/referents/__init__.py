"""Referents: the teachers whom pupils name, who are asked by mail whether it is so."""
