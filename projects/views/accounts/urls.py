"""The URLs under `/accounts/`."""

from django.urls import path

from projects.views import saved_views

from . import account, password_reset, signing_in

urlpatterns = [
    path("", account.Account.as_view(), name="account"),
    path("login/", signing_in.SignIn.as_view(), name="login"),
    path("login/code/", signing_in.SignInCode.as_view(), name="login-code"),
    path("logout/", signing_in.SignOut.as_view(), name="logout"),
    path("session/", account.SessionEnd.as_view(), name="session"),
    path("password/", account.ChangePassword.as_view(), name="password-change"),
    path("keys/<int:pk>/delete/", account.DeleteKey.as_view(), name="key-delete"),
    path("views/", saved_views.SaveView.as_view(), name="view-save"),
    path("views/<int:pk>/rename/", saved_views.RenameView.as_view(), name="view-rename"),
    path("views/<int:pk>/delete/", saved_views.DeleteView.as_view(), name="view-delete"),
    path("second-factor/", account.SecondFactor.as_view(), name="second-factor"),
    path("second-factor/code.svg", account.QRCode.as_view(), name="second-factor-picture"),
    path("password-reset/", password_reset.RequestLink.as_view(), name="password-reset"),
    path("password-reset/sent/", password_reset.LinkSent.as_view(), name="password-reset-sent"),
    path("password-reset/done/", password_reset.ResetDone.as_view(), name="password-reset-done"),
    path(
        "password-reset/<uidb64>/<token>/",
        password_reset.NewPassword.as_view(),
        name="password-reset-confirm",
    ),
]
