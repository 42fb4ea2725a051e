"""The queue explained, and moved by hand; who is in, and who may be in twice."""
