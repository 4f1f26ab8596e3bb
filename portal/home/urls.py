"""URLs of the signed-in start page."""

from django.urls import path

from portal.home import activity_views, views

app_name = "home"
urlpatterns = [
    path("", views.dashboard, name="dashboard"),
    path("security/", views.security, name="security"),
    path("activity/", activity_views.show, name="activity"),
    path("activity/file/", activity_views.download, name="activity-file"),
    path("activity/<int:n>/not-me/", activity_views.not_me, name="not-me"),
    path("activity/reports/<str:reference>/", activity_views.report, name="report"),
]
