"""URLs of the desk's own pages, within the admin site: staff only, and only with both factors."""

from django.contrib import admin
from django.urls import path

from portal.desk import views

app_name = "desk"
urlpatterns = [
    path("", admin.site.admin_view(views.work), name="work"),
    path("customer/", admin.site.admin_view(views.find), name="find"),
    path("customer/<int:look>/", admin.site.admin_view(views.show), name="customer"),
    path("customer/<int:look>/contact/", admin.site.admin_view(views.contact), name="contact"),
    path("customer/<int:look>/<str:step>/", admin.site.admin_view(views.help_out), name="help"),
    path("customer/<int:look>/<str:step>/<int:key>/", admin.site.admin_view(views.help_out), name="help-key"),
]
