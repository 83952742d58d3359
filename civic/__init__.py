"""The frame and roof of the house: puts the rooms together and is imported by nobody."""

from civic.celery import app as celery_app

__all__ = ["celery_app"]
