"""``manage.py test`` means the same as pytest."""

import subprocess
import sys

import pytest
from django.conf import settings

from portal.test_runner import PytestRunner, target


@pytest.mark.parametrize(
    ("options", "arguments"),
    [
        ({}, []),
        ({"verbosity": 2}, ["-v"]),
        ({"verbosity": 0}, ["-q"]),
        ({"failfast": True, "keepdb": True}, ["--exitfirst", "--reuse-db"]),
        ({"parallel": "auto"}, ["-n", "auto"]),
        ({"keyword": "lockout and not race"}, ["-k", "lockout and not race"]),
        ({"tag": ["race"], "exclude_tag": ["browser"]}, ["-m", "race and not browser"]),
        ({"pytest_args": "--cov -m 'not race'"}, ["--cov", "-m", "not race"]),
    ],
)
def test_each_option_becomes_what_pytest_calls_it(options, arguments):
    assert PytestRunner(**options).arguments() == arguments


@pytest.mark.parametrize(
    ("label", "path"),
    [
        ("tests/house", "tests/house"),
        ("tests/house/test_sizes.py::test_x", "tests/house/test_sizes.py::test_x"),
        ("tests.house.test_sizes.TestX.test_y", "tests/house/test_sizes.py::TestX::test_y"),
        ("tests.house", "tests/house"),
        ("house", "tests/house"),
        ("portal", "tests/portal"),
        ("no.such.test", "no.such.test"),
    ],
)
def test_a_label_is_a_path_an_application_or_a_dotted_name(label, path):
    assert target(label) == path


@pytest.mark.parametrize(
    ("labels", "code"), [(["tests.portal.test_lib_words"], 0), (["no.such.test"], 1), (["portal", "-k", "no_such"], 1)]
)
def test_the_exit_code_tells_whether_all_passed(labels, code):
    command = [sys.executable, "manage.py", "test", *labels]

    done = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, check=False)

    assert done.returncode == code
