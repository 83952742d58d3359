"""What proceedings writes: the record, phases by the clock, processes, places."""

from proceedings.services.clock import Round
from proceedings.services.limits import spend
from proceedings.services.pages import renew_pages
from proceedings.services.phases import advance_phases
from proceedings.services.places import (
    import_areas,
    import_centres,
    save_area,
    save_centre,
    save_room,
)
from proceedings.services.processes import (
    remove_phase,
    save_field,
    save_phase,
    save_process,
)
from proceedings.services.record import SYSTEM, record_event

__all__ = [
    "SYSTEM",
    "Round",
    "advance_phases",
    "import_areas",
    "import_centres",
    "record_event",
    "remove_phase",
    "renew_pages",
    "save_area",
    "save_centre",
    "save_field",
    "save_phase",
    "save_process",
    "save_room",
    "spend",
]
