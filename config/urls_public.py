"""The URLs of the public host: the landing page, and the staff's side."""

from django.contrib import admin
from django.urls import path
from django.views.generic import RedirectView

from config import views
from tenants import second
from tenants.reset import forgot, reset
from tenants.sign_up.api import Provision
from tenants.sign_up.pages import code_page, sign_up_page
from tenants.web import sign_in, sign_out

urlpatterns = [
    path("", views.landing, name="landing"),
    path("sign-up/", sign_up_page, name="sign-up"),
    path("sign-up/code/", code_page, name="sign-up-code"),
    path("sign-in/", sign_in, name="sign-in"),
    path("sign-in/code/", second.ask, name="second-factor"),
    path("second-factor/", second.setting, name="second-factor-setting"),
    path("forgot/", forgot, name="forgot"),
    path("reset/", reset, name="reset"),
    path("sign-out/", sign_out, name="sign-out"),
    path("api/v1/tenants/provision/", Provision.as_view(), name="provision"),
    path("admin/login/", RedirectView.as_view(pattern_name="sign-in", query_string=True)),  # one door for everybody
    path("admin/r/<path:url>", views.nothing),  # Django's way to an object's page on the site: ours have none
    path("admin/", admin.site.urls),
    path("problems/<slug:code>/", views.problem, name="problem"),
]

handler400 = views.bad_request
handler403 = views.forbidden
handler404 = views.not_found
handler500 = views.server_error
