"""What the server answers, in messages and codes: drawings, trainings, lessons, files to take away."""
