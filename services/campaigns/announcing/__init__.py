"""Announcing: heads and referent teachers of schools are told, before June, what there is near them."""
