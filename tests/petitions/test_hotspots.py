"""Hotspots: the test itself, what is usual, how often it is wrong, places written differently, own voices."""

from __future__ import annotations

from math import comb, exp, factorial
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petitions.hotspots import (
    RECENT,
    CellKind,
    HotspotRules,
    Rate,
    Series,
    expected,
    has_grown,
    judge,
    level,
    tail,
)
from petitions.hotspots_places import MOST, place_keys, point_key
from petitions.hotspots_slips import is_written, one_slip_away
from petitions.hotspots_told import asked_for, spans_of, told_place
from petitions.hotspots_voices import Heard, own_voices, together
from tests.petitions.hotspot_streams import Measured, Office, play

RULES = HotspotRules()


def series(*recent: int, before: int = 0, days: float = 365) -> Series:
    return Series((*recent, *[0] * (RECENT - len(recent))), before, days)


# --- the test


def test_the_tail_is_that_of_the_negative_binomial() -> None:
    """With a shape that is a whole number it is the waiting time of coins."""
    share = 7 / (7 + 100)
    wanted = sum(comb(k + 2, k) * (1 - share) ** 3 * share**k for k in range(5, 60))
    assert tail(5, Rate(3, 100), 7) == pytest.approx(wanted, rel=1e-9)
    assert tail(1, Rate(1, 100), 7) == pytest.approx(share)


def test_a_rate_that_is_surely_known_gives_poisson() -> None:
    mean = 0.7
    poisson = 1 - sum(exp(-mean) * mean**k / factorial(k) for k in range(5))
    assert tail(5, Rate(1e7, 1e8), 7) == pytest.approx(poisson, rel=1e-3)


def test_far_out_it_is_still_exact() -> None:
    assert 0 < tail(40, Rate(1, 1000), 7) < 1e-80
    assert tail(10_000, Rate(20, 10), 3) < 1e-300
    assert tail(3, Rate(2000, 10), 28) == pytest.approx(1)
    assert tail(5, Rate(1, 10), 0) == 0


@given(
    st.integers(0, 400),
    st.floats(0.01, 500),
    st.floats(0.1, 4000),
    st.floats(0.5, 120),
)
def test_the_tail_is_a_probability_and_falls(count: int, shape: float, days: float, window: float) -> None:
    rate = Rate(shape, days)
    here, beyond = tail(count, rate, window), tail(count + 1, rate, window)
    assert 0 <= beyond <= here + 1e-9
    assert here <= 1 + 1e-9


def test_its_p_values_are_right_on_its_own_model() -> None:
    """Of many draws from the model, the share at or beyond a count is its p."""
    chance, rate = Random(4), Rate(2.0, 60.0)
    draws = []
    for _ in range(20_000):
        mean = chance.gammavariate(rate.shape, 7 / rate.days)
        count, gone = -1, 0.0
        while gone < mean:
            gone += chance.expovariate(1)
            count += 1
        draws.append(max(0, count))
    for count in (1, 2):
        assert sum(draw >= count for draw in draws) / len(draws) == pytest.approx(
            tail(count, rate, 7), rel=0.1
        )


# --- what is usual


def test_a_cell_without_history_is_drawn_from_topic_and_place() -> None:
    whole = series(*[2] * 28, before=500)
    rare = expected(
        CellKind.TOPIC_PLACE,
        series(),
        whole,
        topic=series(before=5),
        place=series(before=5),
        topics=40,
    )
    common = expected(
        CellKind.TOPIC_PLACE,
        series(),
        whole,
        topic=series(before=100),
        place=series(before=100),
        topics=40,
    )
    assert all(one.mean < other.mean for one, other in zip(rare, common, strict=True))
    assert [each.window for each in rare] == [3, 7, 14, 28]


def test_own_history_counts_more_than_what_is_expected() -> None:
    whole, part = series(*[2] * 28, before=700), series(before=60)
    usual = expected(CellKind.TOPIC_PLACE, series(before=50), whole, topic=part, place=part, topics=40)
    week = next(each for each in usual if each.window == 7)
    assert week.mean == pytest.approx(50 / 386 * 7, rel=0.15)
    assert week.p(5) > level(RULES, 80)  # five in a week are nothing new there


def test_a_busy_office_raises_what_is_expected_and_a_quiet_one_does_not_lower_it() -> None:
    own = series(before=10)
    calm = expected(CellKind.PLACE, own, series(*[2] * 28, before=730), topics=40)
    rush = expected(CellKind.PLACE, own, series(*[6] * 7, *[2] * 21, before=730), topics=40)
    quiet = expected(CellKind.PLACE, own, series(before=730), topics=40)
    assert rush[1].season > 1.9
    assert calm[1].season == pytest.approx(1, abs=0.01)
    assert quiet[1].season == 1


def test_five_of_one_topic_at_one_place_are_found_where_that_is_rare() -> None:
    whole, part = series(*[1, 2] * 14, before=460), series(1, before=14)
    usual = expected(CellKind.TOPIC_PLACE, series(5, before=1), whole, topic=part, place=part, topics=40)
    found = judge(usual, {3: 5, 7: 5, 14: 5, 28: 5}, least=5, below=level(RULES, 80))
    assert found is not None
    assert found.window == 3
    assert found.count == 5
    assert found.expected < 0.2
    assert judge(usual, {3: 4, 7: 4, 14: 4, 28: 4}, least=5, below=level(RULES, 80)) is None


def test_a_tenth_more_in_a_large_office_is_no_hotspot() -> None:
    whole = series(*[1000] * 28, before=365_000)
    own = series(*[110] * 28, before=36_500)
    usual = expected(CellKind.TOPIC_UNIT, own, whole, topics=40)
    counts = {window: own.within(window) for window in (3, 7, 14, 28)}
    assert judge(usual, counts, least=5, below=level(RULES, 1000)) is None


def test_a_new_office_judges_topics_at_places_from_its_first_day_and_places_later() -> None:
    first_day = Series((12,), 0, 0)
    assert expected(CellKind.PLACE, Series((6,), 0, 0), first_day, topics=40) == ()
    usual = expected(
        CellKind.TOPIC_PLACE,
        Series((6,), 0, 0),
        first_day,
        topic=Series((6,), 0, 0),
        place=Series((6,), 0, 0),
        topics=40,
    )
    assert judge(usual, {3: 6}, least=5, below=level(RULES, 20)) is not None
    assert expected(CellKind.PLACE, series(6), series(12), topics=40)


def test_the_allowance_is_shared_by_all_cells() -> None:
    assert level(RULES, 100) == pytest.approx(level(RULES, 1) / 100)
    assert level(RULES, 0) == level(RULES, 1)
    assert 30.4 * 4 * level(RULES, 1) == pytest.approx(RULES.false_alarms)


def test_it_is_told_again_when_it_has_doubled() -> None:
    assert not has_grown(5, 9, RULES)
    assert has_grown(5, 10, RULES)
    assert not has_grown(40, 79, RULES)


# --- how often it is wrong


def together_of(runs: list[Measured]) -> tuple[float, int, int]:
    months = sum(run.months for run in runs)
    planted = sum(run.planted for run in runs)
    return sum(len(run.false) for run in runs) / months, sum(run.in_time for run in runs), planted


def test_planted_hotspots_are_found_and_hardly_any_other() -> None:
    """A small fixed sample of what `make soak` and docs/hotspots.md measure."""
    false, in_time, planted = together_of([play(Office(500), seed, plants=12) for seed in range(3)])
    assert false <= 0.5
    assert in_time >= planted - 1


@pytest.mark.soak
@pytest.mark.parametrize(
    "office",
    [Office(500, places=14), Office(500), Office(2000), Office(5000, places=150)],
    ids=lambda office: f"{office.petitions}-{office.places}",
)
def test_over_many_years_at_most_one_alarm_a_month_is_false(office: Office) -> None:
    runs = [play(office, seed, years=3, plants=12) for seed in range(8)]
    false, in_time, planted = together_of(runs)
    print(f"{office}: {false:.2f} false a month, {in_time} of {planted} in two days")
    assert false <= 1
    assert in_time >= 0.97 * planted


# --- places


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("phường Lam Hạ", "Lam Ha"),
        ("P. Lam Hạ, TP Phủ Lý", "lam hạ"),
        ("tổ 4, phường Lam Hạ", "Tổ 4 Lam Hạ"),
        ("To 4 P.Lam Ha", "tổ 4 Lam Hạ"),
        ("thị trấn Quế", "tt Que"),
        ("thôn Mai Cầu, xã Thanh Tuyền", "Thanh Tuyen"),
        ("thôn Mai Cầu, xã Thanh Tuyền", "làng Mai Cầu"),
        ("xã Đinh Xá", "Đinh Xá"),
        ("đình làng Mai Cầu", "thôn Mai Cầu"),
        ("Quán karaoke Sao Đêm ở thôn Mai Cầu", "karaoke Sao Dem"),
        ("khu du lịch Tam Chúc", "chùa Tam Chúc"),
        ("QL 1A", "quốc lộ 1A"),
        ("Số 45 đường Lê Lợi", "45 Lê Lợi"),
        ("Lam Ha ward", "phường Lam Hạ"),
        ("tổ dân phố số 3 phường Châu Sơn", "tổ 3, Châu Sơn"),
        ("Hôm qua tôi đi qua chợ ở xã Nhân Mỹ, đường bị chặn", "Nhân Mỹ"),
    ],
)
def test_one_place_written_differently_meets(one: str, other: str) -> None:
    assert set(place_keys(one)) & set(place_keys(other)), (place_keys(one), place_keys(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("tổ 4 Lam Hạ", "tổ 4 Châu Sơn"),
        ("thôn Đông, xã Liêm Phong", "thôn Đông, xã Nhân Mỹ"),
        ("phường Minh Khai", "phường Lam Hạ, thành phố Phủ Lý"),
        ("xóm 3 Chân Lý", "xóm 3 Nhân Mỹ"),
    ],
)
def test_other_places_do_not_meet(one: str, other: str) -> None:
    assert not set(place_keys(one)) & set(place_keys(other))


@pytest.mark.parametrize(
    "nothing",
    ["", " ", "A", "x", "12", "...", "🙂🙂", "gần nhà tôi", "không rõ", "Không biết", "tổ 4", "ở phường", "xã",
     "xã tôi", "trên mạng", "aaaaaa", "x" * 5000, "chợ"],
)  # fmt: skip
def test_what_names_no_place_gives_none(nothing: str) -> None:
    assert place_keys(nothing) == ()


def test_the_closest_comes_first() -> None:
    assert place_keys("tổ 4 Lam Hạ") == ("lam ha#4", "lam ha")
    assert place_keys("thành phố Phủ Lý") == ("phu ly",)
    assert place_keys("phường Lam Hạ, thành phố Phủ Lý") == ("lam ha",)


@given(st.text(max_size=300))
def test_any_text_gives_few_keys(text: str) -> None:
    keys = place_keys(text)
    assert len(keys) <= MOST
    assert all(len(key) >= 2 for key in keys)


def test_a_point_counts_for_its_square() -> None:
    assert point_key(20.5411, 105.9139) == point_key(20.5409, 105.9141)
    assert point_key(20.54, 105.91) != point_key(20.56, 105.91)
    assert point_key(None, 105.9) is None
    assert point_key(float("nan"), 105.9) is None
    assert point_key(999.0, 105.9) is None


# --- told


@pytest.mark.parametrize(
    ("place", "story", "key"),
    [
        ("", "Chủ quán ở xã Nhân Mỹ không lắp cách âm", "nhan my"),
        ("", "chu quan karaoke o xa nhan my khong lap cach am", "nhan my"),
        ("tổ 4", "Loa phường ở tổ 4, phường Lam Hạ mở to quá", "lam ha"),
        ("Phủ Lý", "Mùi hóa chất ở bể bơi phường Minh Khai, Phủ Lý nồng nặc", "minh khai"),
        ("", "xe dien o khu du lich bo doan chung toi, tai vinh tru", "vinh tru"),
        ("quan karaoke o vinh", "chu quan karaoke o vinh tru mo to", "vinh tru"),
    ],
)
def test_a_place_is_found_in_the_story_as_well(place: str, story: str, key: str) -> None:
    known = {"vinh tru"} & set(spans_of(place, story))
    assert key in told_place(place, None, None, story, known=known).keys


@pytest.mark.parametrize(
    ("place", "known", "keys"),
    [
        ("xã Thanh Hươmg", {"thanh huong"}, ("thanh huong",)),
        ("xa thang huong, huyen thanh liem", {"thanh huong"}, ("thanh huong",)),
        ("thon mau cau", {"mai cau"}, ("mai cau",)),
        ("tổ 4 phường Lsm Hạ", {"lam ha"}, ("lam ha#4", "lam ha")),
        ("Kiện Kgê", {"kien khe"}, ("kien khe",)),
        ("xã Thanh Tân", {"thanh tam"}, ("thanh tan",)),
        ("xa thanh tan", {"thanh tam", "thanh tan"}, ("thanh tan",)),
        ("xã Thanh Hươmg", set(), ("thanh huomg",)),
        ("xã Thanh Hươmg", {"thanh huomg"}, ("thanh huomg",)),
        ("xa nham ha", {"nhan ha", "nam ha"}, ("nham ha",)),
    ],
)
def test_a_slip_in_a_name_is_mended_where_one_known_name_may_have_been_meant(
    place: str, known: set[str], keys: tuple[str, ...]
) -> None:
    told = told_place(place, None, None, "")
    wanted = known & set(asked_for(told, place, ""))
    assert told_place(place, None, None, "", known=wanted).keys == keys


@pytest.mark.parametrize(
    "name", ["nghieng quynh", "khuyu tay", "vinh tru", "yen bac", "duong xuyen", "giua oanh"]
)
def test_what_is_written_so_is_vietnamese(name: str) -> None:
    assert is_written(name)


@pytest.mark.parametrize("name", ["thanh huomg", "kien kge", "tgi tran", "vinh trj", "lsm ha", "dak lak"])
def test_what_is_no_syllable_is_seen(name: str) -> None:
    assert not is_written(name)


def test_names_too_short_or_too_long_are_left_as_they_are() -> None:
    assert one_slip_away("ha nam") == () == one_slip_away("phuly") == one_slip_away("mot hai ba bon")
    assert "mai cau" in one_slip_away("mau cau")


def test_only_names_with_a_capital_behind_a_head_are_sure() -> None:
    assert told_place("", None, None, "Ở xã Nhân Mỹ và thôn Mai Cầu").sure == ("nhan my", "mai cau")
    assert told_place("", None, None, "o xa nhan my va thon mai cau").sure == ()
    assert told_place("", None, None, "Xã tôi có làng nghề làm nón, phường đã biết").sure == ()
    assert told_place("", None, None, "").keys == ()


@given(st.text(max_size=300), st.text(max_size=60))
def test_any_story_is_read(story: str, place: str) -> None:
    told = told_place(place, None, None, story, known=spans_of(place, story))
    assert len(told.keys) <= MOST


# --- voices

STORIES = [
    "Quán karaoke Sao Đêm hát tới hai giờ sáng cả xóm không ngủ được",
    "Loa của quán bên cạnh nhà tôi mở to suốt đêm, con nhỏ khóc vì tiếng nhạc",
    "Đề nghị kiểm tra giấy phép phòng hát mới mở đầu ngõ vì quá ồn ào",
    "Khách hát xong say rượu đánh nhau ngoài đường lúc nửa đêm",
    "Chủ cơ sở kinh doanh dịch vụ hát không lắp cách âm như đã cam kết với tổ",
]


def heard(place: int, text: str, *signs: str, ago: int = 0) -> Heard:
    return Heard(place, ago, signs, text)


def test_different_people_with_words_of_their_own_are_as_many_voices() -> None:
    five = [heard(n, text, f"chat {n}") for n, text in enumerate(STORIES)]
    assert own_voices(five, [3, 7]) == {3: 5, 7: 5}


def test_one_person_who_writes_ten_times_is_one() -> None:
    ten = [heard(n, f"{STORIES[n % 5]} lần {n}", "chat 1", f"phone {n}") for n in range(10)]
    assert own_voices(ten, [3]) == {3: 1}


def test_one_person_by_phone_from_two_chats_is_one() -> None:
    two = [heard(0, STORIES[0], "chat 1", "phone 1"), heard(1, STORIES[1], "chat 2", "phone 1")]
    assert own_voices(two, [3]) == {3: 1}


def test_many_who_send_one_text_are_one() -> None:
    many = [heard(n, STORIES[0], f"chat {n}") for n in range(30)]
    assert own_voices(many, [3]) == {3: 1}
    assert own_voices([*many, heard(99, STORIES[1], "chat 99")], [3]) == {3: 2}


def test_short_texts_that_share_only_topic_and_place_are_two_voices() -> None:
    two = [
        heard(
            0, "tre em duoi mot met o diem du lich xa thanh huong, huyen thanh liem van bi thu nguyen ve", "a"
        ),
        heard(
            1,
            "nha ve sinh o diem du lich xa thanh huong, huyen thanh liem ban, khong nuoc, van thu tien",
            "b",
        ),
    ]
    assert own_voices(two, [3]) == {3: 2}


def test_each_window_has_its_own() -> None:
    four = [heard(n, STORIES[n], f"chat {n}", ago=n * 3) for n in range(4)]
    assert own_voices(four, [3, 7, 14]) == {3: 1, 7: 3, 14: 4}


def test_nobody_is_nobody() -> None:
    assert own_voices([], [3]) == {3: 0}
    assert together(
        [
            heard(
                1,
                "",
            ),
            heard(2, ""),
        ]
    ) == {1: 0, 2: 1}
