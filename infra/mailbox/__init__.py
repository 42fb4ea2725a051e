"""The local mailbox: every mail of `quinzaine up` lands here, and nothing leaves the machine."""
