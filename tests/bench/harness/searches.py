"""What people ask the search of offers, drawn from the words that are there, always the same."""

import random

# Of a thousand searches.
MIX = {
    "one word": 360,
    "one word that everybody uses": 40,
    "two words": 150,
    "a département": 150,
    "a word near a place": 100,
    "département, sector and audience, with seats": 100,
    "a typing error": 50,
    "everything, by date": 50,
}
COMMON = ("découvrir", "métier", "stage", "équipe")
DEPARTMENTS = ("14", "27", "50", "61", "76")
AUDIENCES = ("AUDIENCE_QUATRIEME", "AUDIENCE_TROISIEME", "AUDIENCE_SECONDE", "AUDIENCE_LYCEE")
# Each so manieth goes to its second page.
TURNED = 5


class Words:
    def __init__(self, cluster):
        labels = cluster.sql(
            "SELECT label FROM catalogue.appellations WHERE NOT obsolete ORDER BY ogr_code")
        self.titles = []
        for label in labels.splitlines():
            words = [word for word in label.split(" / ")[0].replace("'", " ").split()
                     if len(word) > 3 and word.isalpha()]
            if words:
                self.titles.append(words)
        self.places = [tuple(map(float, line.split("|"))) for line in cluster.sql(
            "SELECT latitude, longitude FROM catalogue.communes ORDER BY code").splitlines()]
        self.sectors = cluster.sql(
            "SELECT code FROM catalogue.sectors ORDER BY code").split()
        self.audiences = AUDIENCES


def misspelt(word, draw):
    """Two letters of it in each other's place, not the first."""
    place = draw.randrange(1, len(word) - 1)
    return word[:place] + word[place + 1] + word[place] + word[place + 2:]


def request(kind, words, draw):
    title = draw.choice(words.titles)
    if kind == "one word":
        return {"query": draw.choice(title)}
    if kind == "one word that everybody uses":
        return {"query": draw.choice(COMMON)}
    if kind == "two words":
        return {"query": " ".join(title[:2] if len(title) > 1 else title + ["stage"])}
    if kind == "a département":
        return {"departments": [draw.choice(DEPARTMENTS)]}
    if kind == "a word near a place":
        latitude, longitude = draw.choice(words.places)
        return {"query": draw.choice(title), "lat": latitude, "lon": longitude,
                "radiusKm": draw.choice((10, 20, 30))}
    if kind == "département, sector and audience, with seats":
        return {"departments": draw.sample(DEPARTMENTS, 2), "sectors": [draw.choice(words.sectors)],
                "audiences": [draw.choice(words.audiences)], "availableOnly": True}
    if kind == "a typing error":
        return {"query": misspelt(draw.choice([w for w in title if len(w) > 4] or ["boulanger"]),
                                  draw)}
    return {}


def popular(requests, count, seed=1):
    """`count` of the requests as people ask them: the second half as often as the first, the third a
    third as often, and so on (Zipf's law)."""
    draw = random.Random(seed)
    weights = [1 / rank for rank in range(1, len(requests) + 1)]
    return draw.choices(requests, weights=weights, k=count)


def mix(words, count, seed=1):
    """`count` requests of the mix in an order that spreads them."""
    draw = random.Random(seed)
    kinds = [kind for kind, share in MIX.items() for _ in range(share)]
    draw.shuffle(kinds)
    return [request(kinds[number % len(kinds)], words, draw) for number in range(count)]
