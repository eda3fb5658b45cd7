"""Who somebody is: signing in and what it is limited by, second factors, and when all of it ends.

The pages of it stand in `projects.views.accounts`.
"""
