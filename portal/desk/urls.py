"""URLs of the desk's customer page, within the admin site: staff only, and only with both factors."""

from django.contrib import admin
from django.urls import path

from portal.desk import views

app_name = "desk"
urlpatterns = [
    path("", admin.site.admin_view(views.find), name="find"),
    path("<int:look>/", admin.site.admin_view(views.show), name="customer"),
    path("<int:look>/contact/", admin.site.admin_view(views.contact), name="contact"),
    path("<int:look>/<str:step>/", admin.site.admin_view(views.help_out), name="help"),
    path("<int:look>/<str:step>/<int:key>/", admin.site.admin_view(views.help_out), name="help-key"),
]
