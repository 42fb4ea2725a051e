"""Personal links: sent again to who asks, renewed by their owner, and fresh ones for what is sensitive."""
