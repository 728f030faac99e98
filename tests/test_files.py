"""Writing to disk: whole or not at all, and one holder of a lock."""

from __future__ import annotations

import itertools
import os
import resource
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from kb import files
from kb.errors import InputError, StoreBusy

HOLD = "import sys, time; from kb.files import lock\nwith lock(sys.argv[1]):\n    print('held', flush=True); time.sleep(600)"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the lock `tmp_path / 'lock'`."""
    env = {**os.environ, "PYTHONPATH": str(Path(files.__file__).parents[1])}
    child = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path / "lock")], stdout=subprocess.PIPE, text=True, env=env)
    assert child.stdout.readline() == "held\n"
    yield child
    child.kill()
    child.wait()
    child.stdout.close()


@pytest.mark.parametrize(
    ("content", "expected"),
    [(b"\x00\r\n", b"\x00\r\n"), ("Київ\n", "Київ\n".encode()), ([b"a", b"", b"b"], b"ab"), (b"", b""), (iter(()), b"")],
)
def test_what_is_written_is_what_is_read_and_nothing_else_is_left(tmp_path, content, expected):
    files.write_atomically(tmp_path / "out", content)
    assert (tmp_path / "out").read_bytes() == expected
    assert names(tmp_path) == ["out"]


def pieces_that_end_with(error):
    yield b"new" * 1_000_000
    raise error


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError("bad fact"), InputError("bad fact"), OSError("not ours")])
def test_an_interrupted_writing_leaves_the_old_file_and_no_other(tmp_path, error):
    (tmp_path / "out").write_bytes(b"old")
    with pytest.raises(type(error)) as caught:
        files.write_atomically(tmp_path / "out", pieces_that_end_with(error))
    assert caught.value is error
    assert (tmp_path / "out").read_bytes() == b"old"
    assert names(tmp_path) == ["out"]


def test_a_disk_that_takes_no_more_is_told_and_leaves_the_old_file(tmp_path):
    (tmp_path / "out").write_bytes(b"old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(InputError) as caught:
            files.write_atomically(tmp_path / "out", b"x" * 5000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert str(caught.value) == (
        f"{tmp_path / 'out'}: cannot write: file too large\n  write to a file system, or under a limit, that takes larger files"
    )
    assert (tmp_path / "out").read_bytes() == b"old"
    assert names(tmp_path) == ["out"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full on this system")
@pytest.mark.parametrize("size", [1, 3_000_000])
def test_a_full_disk_is_told_with_its_cure(size):
    with pytest.raises(InputError) as caught:
        files.write_atomically("/dev/full", b"x" * size)
    assert str(caught.value) == "/dev/full: cannot write: no space left on device\n  make room on that disk, or write elsewhere"


def test_a_device_is_written_to_and_not_replaced():
    files.write_atomically("/dev/null", b"gone")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


def without_rights(tmp_path: Path) -> Path:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    (tmp_path / "closed").mkdir(mode=0o500)
    return tmp_path / "closed" / "out"


@pytest.mark.parametrize(
    ("place", "message", "cure"),
    [
        (lambda folder: folder / "absent" / "out", "no such file", "make the folder first"),
        (lambda folder: folder, "it is a folder", "name a file"),
        (lambda folder: folder / "file" / "out", "not a directory", "a part of the path is a file"),
        (lambda folder: folder / ("n" * 300), "file name too long", "choose a shorter name"),
        (lambda folder: folder / "circle", "symbolic links", "run in a circle"),
        (without_rights, "permission denied", "give yourself the right"),
    ],
)
def test_a_place_that_cannot_be_written_is_named_with_its_cure(tmp_path, place, message, cure):
    (tmp_path / "file").write_text("")
    (tmp_path / "circle").symlink_to("circle")
    path = place(tmp_path)
    with pytest.raises(InputError) as caught:
        files.write_atomically(path, b"x")
    assert caught.value.path == str(path)
    assert message in caught.value.message
    assert cure in caught.value.cure
    assert [name for name in names(tmp_path) if name.endswith(".new")] == []


def test_a_read_only_file_system_is_told_with_its_cure(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(files.os, "open", refuse)
    with pytest.raises(InputError, match="read-only file system\n  that file system is read-only; write elsewhere"):
        files.write_atomically(tmp_path / "out", b"x")


def test_half_a_surrogate_pair_is_refused_before_the_file_is_touched(tmp_path):
    with pytest.raises(InputError, match="character 2 is half of a surrogate pair"):
        files.write_atomically(tmp_path / "out", "ab\ud800")
    assert names(tmp_path) == []


def test_a_file_keeps_its_mode_and_a_new_one_follows_the_umask(tmp_path):
    old = os.umask(0o027)
    try:
        (tmp_path / "old").touch(mode=0o600)
        (tmp_path / "old").chmod(0o604)
        files.write_atomically(tmp_path / "old", b"x")
        files.write_atomically(tmp_path / "new", b"x")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "old").stat().st_mode) == 0o604
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640


def test_a_link_stays_a_link_and_what_it_points_to_is_written(tmp_path):
    (tmp_path / "link").symlink_to("real")
    files.write_atomically(tmp_path / "link", b"x")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"x"


def test_a_name_of_the_greatest_length_can_be_written(tmp_path):
    files.write_atomically(tmp_path / ("n" * 255), b"x")
    assert names(tmp_path) == ["n" * 255]


def test_a_file_that_an_engine_writes_is_there_whole_or_not_at_all(tmp_path):
    (tmp_path / "out").write_bytes(b"old")
    with pytest.raises(ZeroDivisionError), files.new_path(tmp_path / "out") as aside:
        aside.write_bytes(b"half")
        _ = 1 / 0
    assert (tmp_path / "out").read_bytes() == b"old" and names(tmp_path) == ["out"]
    with files.new_path(tmp_path / "out") as aside:
        aside.write_bytes(b"new")
        assert (tmp_path / "out").read_bytes() == b"old"
    assert (tmp_path / "out").read_bytes() == b"new" and names(tmp_path) == ["out"]


def test_a_place_for_an_engine_that_cannot_be_written_is_told(tmp_path):
    with pytest.raises(InputError, match="no such file"), files.new_path(tmp_path / "absent" / "out"):
        pass


def test_swapping_a_link_replaces_it_in_one_step(tmp_path):
    for version in ("one", "two"):
        (tmp_path / version).mkdir()
        files.swap_link(tmp_path / "current", version)
        assert os.readlink(tmp_path / "current") == version
    assert names(tmp_path) == ["current", "one", "two"]


def test_a_folder_in_the_way_of_a_link_is_refused_and_kept(tmp_path):
    (tmp_path / "current").mkdir()
    with pytest.raises(InputError, match="it is a folder"):
        files.swap_link(tmp_path / "current", "one")
    assert names(tmp_path) == ["current"]


def test_a_link_that_cannot_be_swapped_leaves_nothing(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "replace", refuse)
    with pytest.raises(InputError, match="no space left on device"):
        files.swap_link(tmp_path / "current", "one")
    assert names(tmp_path) == []


def test_the_digest_of_a_file_is_that_of_its_bytes(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    assert files.digest_file(tmp_path / "a") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    with pytest.raises(InputError, match=r"cannot read: no such file or directory\n  check that it is there"):
        files.digest_file(tmp_path / "b")


def test_a_name_that_a_dead_process_of_our_number_left_is_passed_over(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "_numbers", itertools.count(1))
    for number in (1, 2):
        (tmp_path / f".kb-{os.getpid()}-{number}.new").symlink_to("gone")
    files.swap_link(tmp_path / "current", "one")
    assert os.readlink(tmp_path / "current") == "one"


def test_leftovers_of_dead_processes_are_removed_and_those_of_living_ones_stay(tmp_path):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    for name in (f".kb-{dead.pid}-1.new", f".kb-{os.getpid()}-1.new", ".kb-x-1.new", "claims.nq"):
        (tmp_path / name).touch()
    assert [path.name for path in files.remove_leftovers(tmp_path)] == [f".kb-{dead.pid}-1.new"]
    assert names(tmp_path) == sorted([f".kb-{os.getpid()}-1.new", ".kb-x-1.new", "claims.nq"])


def test_a_held_lock_is_refused_with_its_holder_and_exit_75(tmp_path, holder):
    told = f"another build holds the lock \\(process {holder.pid}\\)"
    with pytest.raises(StoreBusy, match=told) as caught, files.lock(tmp_path / "lock"):
        pass
    assert caught.value.exit_code == 75


def test_waiting_for_a_lock_ends_when_the_patience_does(tmp_path, holder):
    with pytest.raises(StoreBusy), files.lock(tmp_path / "lock", wait=0.01):
        pass


@pytest.mark.parametrize("wait", [True, 60.0])
def test_the_lock_of_a_killed_process_is_free(tmp_path, holder, wait):
    os.kill(holder.pid, signal.SIGKILL)
    with files.lock(tmp_path / "lock", wait=wait):
        assert (tmp_path / "lock").read_text() == f"{os.getpid()}\n"
    assert (tmp_path / "lock").read_text() == ""


def test_a_lock_is_free_again_after_a_fault_inside_it(tmp_path):
    for _ in range(2):
        with pytest.raises(ValueError, match="inside"), files.lock(tmp_path / "lock"):
            raise ValueError("inside")


def test_a_lock_that_cannot_be_made_is_told(tmp_path):
    with pytest.raises(InputError, match="no such file"), files.lock(tmp_path / "absent" / "lock"):
        pass
