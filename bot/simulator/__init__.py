"""A local stand-in for Telegram and Twilio over real HTTP, with a page of phones to play the villagers on."""

from bot.simulator.faults import Fault
from bot.simulator.phones import Bubble, Phone, Refused
from bot.simulator.simulator import Simulator

__all__ = ["Bubble", "Fault", "Phone", "Refused", "Simulator"]
