"""Sends the same PUT requests as somebody would who has requests-oauthlib, and looks at each item's code. Stores nothing.

Usage: python_put.py URL KEY SECRET FILE
"""

import sys

from oauthlib.oauth1 import Client
from requests_oauthlib import OAuth1Session


class TwoLegged(Client):
    """Schoology wants an empty oauth_token where there is none."""

    def get_oauth_params(self, request):
        return [*super().get_oauth_params(request), ("oauth_token", "")]


def main(url, key, secret, path):
    session = OAuth1Session(key, client_secret=secret, client_class=TwoLegged)
    session.headers["Content-Type"] = "application/json"
    answered = 0
    with open(path, encoding="utf-8") as file:
        for line in file:
            target, body = line.rstrip("\n").split("\t")
            answer = session.put(url + target, data=body, timeout=60)
            answer.raise_for_status()
            answered += all(item["response_code"] == 200 for item in answer.json()["attendance"])
    print(answered)


if __name__ == "__main__":
    main(*sys.argv[1:])
