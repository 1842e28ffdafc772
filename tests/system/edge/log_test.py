"""What the door writes down."""

import stage
from door_case import STRANGER, DoorCase
from web import curl


class LogTest(DoorCase):
    PLANTED = ("Zephyrine", "geheimnis", "203.0.113.9", STRANGER, "0102030405", "session=")

    def test_it_says_what_was_called_and_nothing_of_whom(self):
        trace = "0af7651916cd43dd8448eb211c80319c"
        curl(self.door, "/v1/offers:search?query=Zephyrine", "--interface", STRANGER,
             "-H", "Authorization: Bearer geheimnis", "-H", "Cookie: session=geheimnis",
             "-H", "X-Forwarded-For: 203.0.113.9", "-H", "Referer: https://x/?Zephyrine",
             "-H", "User-Agent: Zephyrine", "-H", f"traceparent: 00-{trace}-b7ad6b7169203331-01")
        for path in ("/desabonnement/geheimnis", "/Zephyrine/0102030405", "/v1/people/Zephyrine",
                     "/v1/offers:search?query=Zephyrine%0a", "/v1/zephyrine.geheimnis",
                     "/destinationmetier.x.v1.Y/Z?geheimnis"):
            curl(self.door, path, "--interface", STRANGER)
        # Refused by the door itself, and by a gateway that is not there.
        curl(self.door, "/v1/people/Zephyrine?geheimnis", "-d", "x",
             "-H", "Content-Length: 9000000")
        alone = self.stage.open_door(grpc=stage.free_address(), http=stage.free_address())
        self.addCleanup(alone.stop)
        curl(alone, "/v1/people/Zephyrine?geheimnis", "--interface", STRANGER)
        for door in (self.door, alone):
            for planted in self.PLANTED:
                self.assertNotIn(planted.lower(), door.log_text().lower())
        calls = self.door.calls()
        self.assertIn(trace, [call["trace_id"] for call in calls])
        routes = {call["route"] for call in calls}
        self.assertLessEqual({"/v1/offers/...", "/v1/people/...", "/desabonnement/...", "other"},
                             routes)
