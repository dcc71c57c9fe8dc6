"""The pages of surveys: those of members, and the public one where a survey is answered."""
