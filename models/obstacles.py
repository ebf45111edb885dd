"""The obstacles that villages name, by the task force's codes; their sentences are in `conversations/obstacle.py`."""

from enum import StrEnum


class Obstacle(StrEnum):
    NO_STARTING_CAPITAL = "K01"
    BANK_ASKS_COLLATERAL = "K02"
    RULES_UNCLEAR = "K03"
    NO_OFFICE = "K04"
    LAND_UNSUITABLE = "K05"
    MICROSITE_ACCESS = "K06"
    LICENCES_PENDING = "K07"
    LITTLE_INTEREST = "K08"
    OFFICERS_UNTRAINED = "K09"
    OFFICERS_RESIGNED = "K10"
    PRICES_NOT_COMPETITIVE = "K11"
    SUPPLY_NOT_CONNECTED = "K12"
    OVERLAP_WITH_VILLAGE_ENTERPRISE = "K13"
    VILLAGE_HEAD_HESITATES = "K14"
    NO_VILLAGE_MEETING = "K15"
    SIGNAL_POWER_FERRY = "K16"
    CONSTRUCTION_STUCK = "K17"
    OFFICER_CREDIT_RECORD = "K18"
