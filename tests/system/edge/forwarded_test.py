"""Whom the door takes a caller for where the cluster's own gateway stands before it."""

import re

from door_case import ROOT, DoorCase
from web import plain_get

LISTEN = ROOT / "deploy" / "kubernetes" / "overlays" / "production" / "door" / "listen.conf"


class ForwardedTest(DoorCase):
    def setUp(self):
        text = LISTEN.read_text()
        # Of that overlay; the loopback stands for the network that it trusts.
        trust = re.findall(r"^(?:set_real_ip_from|real_ip_\w+) .*;", text, re.MULTILINE)
        self.assertTrue(trust)
        told = "\n".join(trust).replace("10.0.0.0/8", "127.0.0.0/8")
        self.door_of_a_cluster = self.stage.open_door(plain=f"""
            {told}
            location = /caller {{
              add_header Caller $caller;
              return 204;
            }}
            """)
        self.addCleanup(self.door_of_a_cluster.stop)

    def _caller(self, forwarded):
        _, headers = plain_get(self.door_of_a_cluster, "/caller",
                               **({"X-Forwarded-For": forwarded} if forwarded else {}))
        return headers["Caller"]

    def test_it_is_whom_the_gateway_saw(self):
        self.assertEqual(self._caller("203.0.113.5"), "203.0.113.5")

    def test_it_is_not_whom_callers_say_that_they_are(self):
        self.assertEqual(self._caller("198.51.100.7, 203.0.113.5"), "203.0.113.5")

    def test_nor_where_the_gateway_saw_only_a_node(self):
        """Whose address is trusted: all of its callers are one then."""
        self.assertEqual(self._caller("198.51.100.7, 127.0.0.7"), "127.0.0.7")

    def test_it_is_who_connected_where_nothing_is_said(self):
        self.assertEqual(self._caller(None), "127.0.0.1")
