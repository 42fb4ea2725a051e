"""One press in a mail program, and a message that is not essential comes no more (RFC 8058)."""
