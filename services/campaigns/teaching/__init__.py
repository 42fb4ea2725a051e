"""Teaching: a teacher's pupils, where each is, who has nothing yet; whom to visit when; where seats are left."""
