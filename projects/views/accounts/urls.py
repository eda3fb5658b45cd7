"""The addresses under `/accounts/`."""

from django.urls import path

from projects.views import saved

from . import own, resetting, signing_in

urlpatterns = [
    path("", own.Account.as_view(), name="account"),
    path("login/", signing_in.SignIn.as_view(), name="login"),
    path("login/code/", signing_in.SignInCode.as_view(), name="login-code"),
    path("logout/", signing_in.SignOut.as_view(), name="logout"),
    path("password/", own.ChangePassword.as_view(), name="password-change"),
    path("keys/<int:pk>/delete/", own.DeleteKey.as_view(), name="key-delete"),
    path("views/", saved.SaveView.as_view(), name="view-save"),
    path("views/<int:pk>/rename/", saved.RenameView.as_view(), name="view-rename"),
    path("views/<int:pk>/delete/", saved.DeleteView.as_view(), name="view-delete"),
    path("second-factor/", own.SecondFactor.as_view(), name="second-factor"),
    path("second-factor/code.svg", own.Picture.as_view(), name="second-factor-picture"),
    path("password-reset/", resetting.AskForLink.as_view(), name="password-reset"),
    path("password-reset/sent/", resetting.LinkSent.as_view(), name="password-reset-sent"),
    path("password-reset/done/", resetting.ResetDone.as_view(), name="password-reset-done"),
    path(
        "password-reset/<uidb64>/<token>/",
        resetting.NewPassword.as_view(),
        name="password-reset-confirm",
    ),
]
