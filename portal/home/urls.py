"""URLs of the signed-in start page."""

from django.urls import path

from portal.home import views

app_name = "home"
urlpatterns = [path("", views.dashboard, name="dashboard"), path("security/", views.security, name="security")]
