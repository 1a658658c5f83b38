"""Keys, sealed values and blind indexes."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.keys import CannotOpen, KeyRing, KeyRingUnusable, Vault
from tests.storage.builders import NASTY


def test_a_new_ring_can_only_be_read_by_its_owner_and_loads_again(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"

    made = KeyRing.create(path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert KeyRing.load(path) == made
    assert list(tmp_path.iterdir()) == [path]
    assert len({*made.data.values(), made.index, made.chain}) == 3


def test_an_existing_ring_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    made = KeyRing.create(path)

    with pytest.raises(KeyRingUnusable, match="File exists"):
        KeyRing.create(path)

    assert KeyRing.load(path) == made


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not json",
        b"[]",
        b"{}",
        b'{"current":1,"data":{"1":"AAAA"},"index":"AAAA","chain":"AAAA"}',
        b"\xff",
    ],
)
def test_a_damaged_ring_is_refused_with_its_name_and_without_its_content(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "keys.json"
    path.write_bytes(content)

    with pytest.raises(KeyRingUnusable) as refused:
        KeyRing.load(path)

    assert "AAAA" not in str(refused.value)


def test_a_missing_ring_says_where_it_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(KeyRingUnusable, match=r"nowhere\.json"):
        KeyRing.load(tmp_path / "nowhere.json")


def test_a_ring_does_not_show_its_keys(key_ring: KeyRing) -> None:
    assert "data keys=[1]" in repr(key_ring)
    assert not any(repr(key) in repr(key_ring) for key in key_ring.data.values())


@pytest.mark.parametrize("text", NASTY)
def test_text_comes_back_letter_for_letter(vault: Vault, text: str) -> None:
    sealed = vault.seal_text(text, table="t", column="c", row=1)

    assert vault.open_text(sealed, table="t", column="c", row=1) == text
    assert vault.open_json(
        vault.seal_json({"a": [text]}, table="t", column="c", row=2), table="t", column="c", row=2
    ) == {"a": [text]}


@given(plain=st.binary(max_size=300))
def test_bytes_come_back_and_are_sealed_anew_each_time(plain: bytes) -> None:
    vault = Vault(KeyRing(1, {1: b"d" * 32}, b"i" * 32, b"c" * 32))

    first = vault.seal(plain, table="t", column="c", row=7)
    second = vault.seal(plain, table="t", column="c", row=7)

    assert vault.open(first, table="t", column="c", row=7) == plain
    assert first != second
    assert len(plain) < 8 or plain not in first


@pytest.mark.parametrize(
    "where",
    [
        {"table": "t", "column": "c", "row": 2},
        {"table": "t", "column": "d", "row": 1},
        {"table": "u", "column": "c", "row": 1},
    ],
)
def test_a_sealed_value_opens_only_in_its_own_place(vault: Vault, where: dict[str, object]) -> None:
    sealed = vault.seal(b"secret", table="t", column="c", row=1)

    with pytest.raises(CannotOpen, match="another row"):
        vault.open(sealed, **where)  # type: ignore[arg-type]


def test_every_changed_byte_is_noticed(vault: Vault) -> None:
    sealed = vault.seal(b"secret", table="t", column="c", row=1)

    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(CannotOpen):
            vault.open(bytes(changed), table="t", column="c", row=1)
    with pytest.raises(CannotOpen, match="too short"):
        vault.open(sealed[:20], table="t", column="c", row=1)


def test_old_values_stay_readable_after_the_key_is_changed(key_ring: KeyRing) -> None:
    old = Vault(key_ring).seal(b"secret", table="t", column="c", row=1)
    rotated = replace(key_ring, current=2, data={**key_ring.data, 2: b"n" * 32})

    new = Vault(rotated).seal(b"secret", table="t", column="c", row=1)

    assert Vault(rotated).open(old, table="t", column="c", row=1) == b"secret"
    assert (old[0], new[0]) == (1, 2)
    with pytest.raises(CannotOpen, match="data key 2"):
        Vault(key_ring).open(new, table="t", column="c", row=1)
    assert Vault(rotated).blind("phone", "0912345678") == Vault(key_ring).blind("phone", "0912345678")


def test_a_blind_index_depends_on_key_and_use(vault: Vault) -> None:
    other = Vault(KeyRing(1, {1: b"d" * 32}, b"i" * 32, b"c" * 32))

    assert vault.blind("phone", "0912345678") == vault.blind("phone", "0912345678")
    assert len(vault.blind("phone", "0912345678")) == 16
    assert vault.blind("phone", "0912345678") != vault.blind("chat", "0912345678")
    assert vault.blind("phone", "0912345678") != other.blind("phone", "0912345678")
