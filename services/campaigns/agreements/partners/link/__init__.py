"""The link of a mail: a partner answers without an account."""
