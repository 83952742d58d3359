"""Korean: 2026. 11. 22. 18:00, as on the pages (Django has no short name for a weekday)."""

DATE_FORMAT = "Y. n. j."
DATETIME_FORMAT = "Y. n. j. H:i"
TIME_FORMAT = "H:i"
SHORT_DATE_FORMAT = "Y. n. j."
SHORT_DATETIME_FORMAT = "Y. n. j. H:i"
