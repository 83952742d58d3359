"""Forms of votes: the ballot and filters for citizens, paper for the desk."""
