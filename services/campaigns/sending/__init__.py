"""How sending goes: the page of the queue, the button that stops all mails, addresses that take none, and figures."""
