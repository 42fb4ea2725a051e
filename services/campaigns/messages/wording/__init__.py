"""The sentences that one campaign adds to its mails."""
