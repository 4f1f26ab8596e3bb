"""Addresses of the signed-in start."""

from django.urls import path

from portal.home import views

app_name = "home"
urlpatterns = [path("", views.dashboard, name="dashboard"), path("security/", views.security, name="security")]
