"""What the server answers, in messages and codes: drawings, trainings, corrections, files to take away."""
