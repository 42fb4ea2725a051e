"""Finding: the offers in which there is room for the pupils who have nothing."""
