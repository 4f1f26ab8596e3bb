"""The portal with its style guide, which is routed in development only."""

from django.urls import path

from portal import styleguide
from portal.urls import handler400, handler403, handler404, handler500
from portal.urls import urlpatterns as house

__all__ = ["handler400", "handler403", "handler404", "handler500"]

urlpatterns = [path("styleguide/", styleguide.show, name="styleguide"), *house]
