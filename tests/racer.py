"""One process of a race: threads that guess at a log-in at the same moment, counting what is really hashed.

Started by tests/accounts/test_races.py, once per process, on the database of the test. Reads one JSON line
per round (username, passwords), answers with one (evaluated, statuses).
"""

import json
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

os.environ.setdefault("PORTAL_DEBUG", "1")
os.environ.setdefault("PORTAL_HASH_PLACES", "256")

import django

django.setup()

from django.conf import settings
from django.db import connections
from django.test import Client

from accounts.actions.sign_in import check_password

settings.ALLOWED_HOSTS = ["*"]
EVALUATED: list[str] = []
look = check_password._matching


def counted(username: str, password: str, attempt: object) -> object:
    EVALUATED.append(password)
    return look(username, password, attempt)


check_password._matching = counted


def guess(username: str, password: str, start: threading.Barrier) -> int:
    client = Client()
    start.wait()
    try:
        form = {"username": username, "password": password}
        return client.post("/login/", form).status_code
    finally:
        connections.close_all()


def main() -> None:
    print("ready", flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        EVALUATED.clear()
        start = threading.Barrier(len(order["passwords"]))
        with ThreadPoolExecutor(len(order["passwords"])) as pool:
            tries = [pool.submit(guess, order["username"], password, start) for password in order["passwords"]]
        print(json.dumps({"evaluated": len(EVALUATED), "statuses": [t.result() for t in tries]}), flush=True)


if __name__ == "__main__":
    main()
