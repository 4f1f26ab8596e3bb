"""URLs of the help centre, mounted at /help/."""

from django.urls import path

from helpcenter import views

app_name = "helpcenter"
urlpatterns = [
    path("", views.home, name="home"),
    path("problems/", views.problems, name="problems"),
    path("problem/<slug:slug>/", views.problem, name="problem"),
    path("faq/", views.faq, name="faq"),
    path("contact/", views.contact, name="contact"),
    path("search/", views.search, name="search"),
    path("<slug:section>/<slug:slug>/", views.article, name="article"),
]
