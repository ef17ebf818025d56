import errno
from pathlib import Path

import pytest
from tthc.problems import LocalProblem, speaks_of_a_full_disk, writing_under


def test_a_full_disk_is_said_in_one_line():
    with (
        pytest.raises(LocalProblem, match=r"is full\. Free some space and run again\.$"),
        writing_under(Path("/some/home")),
        Path("/dev/full").open("w") as full,
    ):
        full.write("anything")


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.EPERM])
def test_a_place_that_is_not_ours_is_said_in_one_line(number):
    with pytest.raises(LocalProblem, match=r"^Cannot write /there"), writing_under(Path("/there")):
        raise OSError(number, "no", "/there/file")


def test_any_other_failure_stays_what_it_is():
    with pytest.raises(FileNotFoundError), writing_under(Path("/there")):
        raise FileNotFoundError


@pytest.mark.parametrize(
    ("output", "full"),
    [
        ('could not write to file "pg_wal/1": No space left on device', True),
        ("initdb: error: Disk quota exceeded", True),
        ("could not bind IPv4 address", False),
    ],
)
def test_other_programs_complaints_of_a_full_disk_are_heard(output, full):
    assert speaks_of_a_full_disk(output) is full
