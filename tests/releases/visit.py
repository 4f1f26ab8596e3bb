"""Use a database: Ada signs in, then asks for help. Prints what she sees, and how many claims there are.

Run in a process of its own on the DATABASE_URL given, when a release is made and after each upgrade.
"""

import re

import django

django.setup()

from django.conf import settings
from django.test import Client

from accounts.models import Key, User
from recovery.models import Claim
from tests import factories
from tests.factories import Person

PASSWORD = "Lantern&Harbour7"  # of the demo's cast


def main() -> None:
    settings.ALLOWED_HOSTS = ["testserver"]
    user = User.objects.by_username("ada")
    ada = Person(user, PASSWORD, Key.objects.filter(user=user, confirmed=True).earliest("pk").secret)
    client = Client()
    factories.sign_in(client, ada)
    print(re.search(r"<h1[^>]*>\s*(.*?)\s*</h1>", client.get("/").content.decode())[1])
    Client().post("/recover/", {"username": "ada", "lost": ["key"]})
    print(f"Claims: {Claim.objects.count()}")


if __name__ == "__main__":
    main()
