"""Settings: `base` reads the environment once; `dev`, `test` and `production` each build on it."""
