"""Finding: from what somebody types to the offers that are meant, the nearest first."""
