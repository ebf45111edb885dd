"""What the invented cooperatives say of themselves: the figures of the task force's meeting of 1 October 2025 (151 of
155 in Microsite, 91 with an office), and around them what a district might look like. Which ones is DATA CONTOH: no
source names them."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any, TypeVar

from models.cooperatives import Outlet, OutletState, Premises
from models.obstacles import Obstacle

NOT_IN_MICROSITE = frozenset({"14.03.10.2014", "14.03.11.2006", "14.03.12.2017", "14.03.15.2003"})
"""«Tinggal empat desa yang belum»: four desa far from the capital, picked by us."""
WITH_OFFICE = 91
SILENT_ON_THE_SHOP = 0.08
"""Of the cooperatives: they skip the questions about outlets and rice every week, and nobody knows."""
FIRST_REGISTRATION = date(2025, 5, 5)

T = TypeVar("T")

PREMISES = {Premises.LENT_BY_VILLAGE: 50, Premises.OWNED: 20, Premises.RENTED: 13, Premises.SHARED: 12,
            Premises.LENT_BY_REGENCY: 5}
LIKELY = {Obstacle.NO_STARTING_CAPITAL: 40, Obstacle.BANK_ASKS_COLLATERAL: 20, Obstacle.RULES_UNCLEAR: 15,
          Obstacle.SUPPLY_NOT_CONNECTED: 18, Obstacle.OFFICERS_UNTRAINED: 12, Obstacle.LITTLE_INTEREST: 8,
          Obstacle.SIGNAL_POWER_FERRY: 12, Obstacle.PRICES_NOT_COMPETITIVE: 8, Obstacle.LICENCES_PENDING: 6,
          Obstacle.OFFICERS_RESIGNED: 3}
SIDE_TRADES = (Outlet.COOKING_GAS, Outlet.FERTILISER, Outlet.SAVINGS_AND_LOANS, Outlet.BANK_AGENT, Outlet.PHARMACY,
               Outlet.LOGISTICS)


def with_office(codes: Sequence[str]) -> frozenset[str]:
    return frozenset(Random("DATA CONTOH").sample(sorted(set(codes) - NOT_IN_MICROSITE), WITH_OFFICE))


class VillageAnswers:
    """One of them, the same every time its code is asked."""

    def __init__(self, code: str, *, has_office: bool) -> None:
        self.dice = Random(f"DATA CONTOH {code}")
        self.code, self.has_office = code, has_office
        self.registered = code not in NOT_IN_MICROSITE
        self.since = FIRST_REGISTRATION + timedelta(days=self.dice.randrange(140))
        self.premises = self._one_of(PREMISES) if has_office else Premises.NONE_YET
        self.shop_opens = self._weeks_until_the_shop_opens()
        self.others = self.dice.sample(SIDE_TRADES, self.dice.choice((0, 1, 1, 2)))
        self.sells_rice = self.dice.random() < 0.8
        self.obstacles = self._obstacles()
        # dice of their own, so that the others say what they always said
        self.tells_of_shop = Random(f"DATA CONTOH gerai {code}").random() >= SILENT_ON_THE_SHOP

    def full(self, week: int, today: date) -> dict[str, Any]:
        """A whole report of the first (0), second or third week."""
        said: dict[str, Any] = {"microsite_registered": self.registered, "premises": self.premises.value,
                                "obstacles": {"codes": self.obstacles, "note": None}}
        if self.registered:
            said |= {"microsite_since": self.since.isoformat(),
                     "microsite_updated": (today - timedelta(days=self.dice.randrange(1, 20))).isoformat()}
        else:
            said["microsite_reason"] = Obstacle.MICROSITE_ACCESS.value
        shop = {"outlets": self._outlets(week), **self._rice(week)}
        return said | shop if self.tells_of_shop else said

    def _weeks_until_the_shop_opens(self) -> int:
        """For most it was open before; a few open while we look, and many will not so soon."""
        return self.dice.choices((0, 1, 2, 99), (50, 7, 6, 37) if self.has_office else (8, 2, 2, 88))[0]

    def _outlets(self, week: int) -> dict[str, str]:
        opened = self.shop_opens <= week
        shop = OutletState.OPEN if opened else OutletState.PREPARING if self.has_office else OutletState.NOT_YET
        other = OutletState.OPEN if opened else OutletState.NOT_YET
        return {Outlet.GROCERIES.value: shop.value} | {outlet.value: other.value for outlet in self.others}

    def _rice(self, week: int) -> dict[str, Any]:
        if self.shop_opens > week or not self.sells_rice:
            return {"sphp_kg": 0}
        return {"sphp_kg": 50 * self.dice.randrange(4, 40), "sphp_price": self.dice.choice((12_500, 13_000, 13_100)),
                "sphp_stock_kg": 50 * self.dice.randrange(0, 30)}

    def _obstacles(self) -> list[str]:
        told = {self._one_of(LIKELY) for _ in range(self.dice.choice((1, 1, 2, 2, 3)))}
        if not self.has_office:
            told.add(self.dice.choice((Obstacle.NO_OFFICE, Obstacle.NO_OFFICE, Obstacle.LAND_UNSUITABLE)))
        if not self.registered:
            told.add(Obstacle.MICROSITE_ACCESS)
        return sorted(obstacle.value for obstacle in told)

    def _one_of(self, weights: dict[T, int]) -> T:
        return self.dice.choices(list(weights), list(weights.values()))[0]
