"""The URLs of a tenant's host."""

from django.urls import include, path
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerView

from config import views
from config.dashboard import dashboard
from surveys.web.public import form_page
from tenants import second
from tenants.confirmation.pages import confirm
from tenants.handover import enter
from tenants.join import join
from tenants.reset import forgot, reset
from tenants.web import sign_in, sign_out

urlpatterns = [
    path("", dashboard, name="dashboard"),
    path("todos/", include("todos.web")),
    path("surveys/", include("surveys.web.pages")),
    path("s/<str:token>/", form_page, name="public-form"),
    path("", include("orders.web")),
    path("billing/", include("billing.web")),
    path("sign-in/", sign_in, name="sign-in"),
    path("sign-in/code/", second.ask, name="second-factor"),
    path("second-factor/", second.setting, name="second-factor-setting"),
    path("forgot/", forgot, name="forgot"),
    path("reset/", reset, name="reset"),
    path("sign-out/", sign_out, name="sign-out"),
    path("enter/", enter, name="enter"),
    path("join/", join, name="join"),
    path("confirm/", confirm, name="confirm"),
    path("settings/webhooks/", include("webhooks.pages")),
    path("settings/", include("tenants.pages")),
    path("switch/", include("tenants.workspaces")),
    path("support/", include("tenants.support.pages")),
    path("api/v1/", include("config.api")),
    path("api/schema/", SpectacularJSONAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
    path("problems/<slug:code>/", views.problem, name="problem"),
]

handler400 = views.bad_request
handler403 = views.forbidden
handler404 = views.not_found
handler500 = views.server_error
