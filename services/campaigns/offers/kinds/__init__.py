"""The other kinds of offer: rotations, series of workshops and mornings, individual follow-up."""
