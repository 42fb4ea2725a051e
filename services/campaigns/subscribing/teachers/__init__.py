"""The calendar of a teacher: the visits they have planned, and where the pupils are whom they enrolled."""
