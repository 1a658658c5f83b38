"""Officers find a case through the platforms themselves, in private and in the unit's group; secret ones stay so."""

from __future__ import annotations

from tests.e2e.support.house import House
from tests.e2e.support.office import bound_group, link
from tests.e2e.support.script import Person
from tests.e2e.test_officers import DENUNCIATION, UNIT, filed, nowhere

NONE = "Không tìm thấy đơn nào"


async def test_a_case_is_found_in_private_and_opened(any_house: House) -> None:
    house = any_house
    for officer in (house.telegram_citizen(), await house.web_citizen()):
        await link(house, officer, UNIT, "officer", "Lê Văn Cán")
        code = await filed(house.telegram_citizen())
        await officer.news()
        for typed in (
            "/find trang thanh khuya",
            "/find karaoke trang thanh",
            "tìm Trăng Thanh",
            f"/find {code[:6]}",
        ):
            found = (await officer.say(typed)).answers[-1]
            if "khuya" in typed:
                assert NONE in found.text
            else:
                assert code in found.codes, typed
                nowhere(found.text)
        await officer.press(next(label for label in found.labels if label.replace("-", "") == code))
        card = (await officer.all_heard())[-1]
        assert card.codes == [code]
        assert "Nhận xử lý" in card.labels


async def test_a_denunciation_is_found_by_nobody_by_what_it_says(house: House) -> None:
    clerk, boss = house.telegram_citizen(), house.telegram_citizen()
    await link(house, clerk, "thanh_tra", "officer", "Lê Văn Cán")
    await link(house, boss, "thanh_tra", "inspector", "Phạm Văn Thanh")
    seat = await bound_group(house, "thanh_tra", clerk.person, boss.person)
    person = Person(name="Bùi Thị Nhàn", phone="0957 331 209", kind="to_cao")
    code = await filed(house.telegram_citizen(), DENUNCIATION, person)
    await seat.news()
    for typed in ("tiền tu bổ", "người: Bùi Thị Nhàn", "0957331209", "đơn vị: thanh tra", "hôm nay"):
        for officer in (clerk, boss):
            said = (await officer.say(f"/find {typed}")).text
            assert NONE in said, typed
            nowhere(
                said.replace(typed, "").replace("Bùi Thị Nhàn", "").replace("0957331209", ""), person=person
            )
    assert set((await boss.say(f"/find {code}")).answers[-1].codes) == {code}
    unknown = (await clerk.say("/find QE9V-6YGF-JP9E")).text
    hidden = (await clerk.say(f"/find {code}")).text
    assert hidden.replace("-", "").replace(code, "QE9V6YGFJP9E") == unknown.replace("-", "")
    boss.person.say(f"/find {code}", chat=seat.group)
    await house.quiet()
    for heard in await seat.news():
        assert NONE in heard.text
        assert "tu bổ" not in heard.text


async def test_a_group_finds_the_cases_of_its_unit(house: House) -> None:
    clerk = house.telegram_citizen()
    await link(house, clerk, UNIT, "officer", "Lê Văn Cán")
    seat = await bound_group(house, UNIT, clerk.person)
    code = await filed(house.telegram_citizen())
    await seat.news()
    clerk.person.say("/find trang thanh", chat=seat.group)
    await house.quiet()
    [found] = await seat.news()
    assert set(found.codes) == {code}
    nowhere(found.text)
