"""The notifications service: facts become e-mails and invitations, and answers become facts."""
