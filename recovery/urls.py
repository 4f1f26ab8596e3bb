"""Addresses of recovery."""

from django.urls import path
from django.views.generic import RedirectView

app_name = "recovery"
urlpatterns = [path("", RedirectView.as_view(pattern_name="helpcenter:home"), name="start")]
