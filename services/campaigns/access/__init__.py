"""Access: who signs in, for whom they act, and who may do what."""
