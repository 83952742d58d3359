"""Pictures that people sent, as they were written anew when they came in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe
from django.views.static import serve

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase


@require_safe
def picture(request: HttpRequest, name: str) -> HttpResponseBase:
    """One picture by its name, which never stands for another picture."""
    if not name.endswith(".jpg"):
        raise Http404
    answer = serve(request, name, document_root=str(settings.MEDIA_ROOT))
    patch_cache_control(answer, public=True, max_age=31_536_000, immutable=True)
    return answer
