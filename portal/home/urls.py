"""URLs of the signed-in start page."""

from django.urls import path

from portal.home import account_views, activity_views, views

app_name = "home"
urlpatterns = [
    path("", views.dashboard, name="dashboard"),
    path("accounts.csv", account_views.accounts_file, name="accounts-file"),
    # path: the firm's numbers may have a slash in them
    path("accounts/<path:number>/activity/file/", account_views.activity_file, name="account-activity-file"),
    path("accounts/<path:number>/choose/", account_views.choose, name="account-choose"),
    path("accounts/<path:number>/", account_views.account, name="account"),
    path("security/", views.security, name="security"),
    path("activity/", activity_views.show, name="activity"),
    path("activity/file/", activity_views.download, name="activity-file"),
    path("activity/<int:n>/not-me/", activity_views.not_me, name="not-me"),
    path("activity/reports/<str:reference>/", activity_views.report, name="report"),
]
