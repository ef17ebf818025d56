"""The three neighbours at the border: real clients over a transport that speaks the contract."""

from collections import Counter
from datetime import date
from urllib.parse import parse_qs

import httpx
from kit.http import Neighbour
from reporting.clients import CatalogClient, FiguresClient
from reporting.usecases.collecting import Neighbours

SERVICES = ("catalog", "dossier", "rating")
DOSSIERS = {
    "dossiers.received": 389,
    "dossiers.received.online": 131,
    "dossiers.received.direct": 258,
    "dossiers.received.postal": 0,
    "dossiers.carried_over": 0,
    "dossiers.total": 389,
    "dossiers.settled": 389,
    "dossiers.settled.early": 316,
    "dossiers.settled.on_time": 70,
    "dossiers.settled.late": 3,
    "dossiers.settled.late.without_apology": 3,
    "dossiers.pending": 0,
    "dossiers.pending.in_time": 0,
    "dossiers.pending.overdue": 0,
    "dossiers.apologies": 0,
    "dossiers.online.procedures": 7,
    "certified_copies": 288,
}
RATIOS = {"dossiers.received.online.share": (131, 389), "procedures.posted": (220, 220)}
CATALOG = {"procedures.in_force": 220, "procedures.online": 42}
POINTS = {1: 1.8, 2: 1.8, 3: 2, 4: 2, 5: 2, 6: 2, 7: 1.8, 8: 2, 9: 1}
RATING = {
    **{f"rating.indicator.{n}": value for n, value in POINTS.items()},
    "rating.score": 13.4,
    "rating.maximum": 14,
    "rating.class": "Tốt",
    "rating.indicators_counted": 7,
    "rating.indicators_counted.all": 9,
    "rating.score.all": 16.4,
    "rating.maximum.all": 18,
    "satisfaction.ballots": 125,
    "feedback.received": 0,
}
FIELDS = {"tu-phap": "Tư pháp – Hộ tịch", "chung-thuc": "Chứng thực"}


class World:
    """What the neighbours hold; tests change it and look at what was asked."""

    def __init__(self) -> None:
        self.figures = {"catalog": CATALOG, "dossier": DOSSIERS, "rating": RATING}
        self.away: set[str] = set()
        self.agencies = {"H56": ("UBND tỉnh Thanh Hóa", "province", None)}
        self.asked: list[httpx.URL] = []
        self.calls = Counter()
        self.closed_until: dict[str, str] = {}

    def set(self, service: str, key: str, value) -> None:
        self.figures = self.figures | {service: self.figures[service] | {key: value}}

    def add_agency(self, code: str, name: str, level: str = "commune", parent: str = "H56") -> None:
        self.agencies[code] = (name, level, parent)

    def handler(self, service: str):
        def handle(request: httpx.Request) -> httpx.Response:
            self.asked.append(request.url)
            self.calls[service] += 1
            if service in self.away:
                raise httpx.ConnectError("away")
            return self.answer(service, request)

        return handle

    def answer(self, service: str, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/v1/").split("/")
        asked = {key: values[0] for key, values in parse_qs(request.url.query.decode()).items()}
        match path:
            case ["figures"]:
                return httpx.Response(200, json=self.figures_of(service, asked))
            case ["figures", key, "evidence"]:
                return self.evidence(service, key, asked)
            case ["agencies", code, "subtree"] if code in self.agencies:
                below = [c for c in self.agencies if c == code or c.startswith(f"{code}.")]
                return httpx.Response(200, json={"code": code, "on": "x", "codes": below})
            case ["agencies", code] if code in self.agencies:
                date.fromisoformat(asked["on"])
                name, level, parent = self.agencies[code]
                body = {"code": code, "name": name, "level": level, "parent_code": parent}
                return httpx.Response(200, json=body)
            case ["procedure-fields"]:
                items = [{"code": code, "name": name} for code, name in FIELDS.items()]
                return httpx.Response(200, json={"items": items, "next_cursor": None})
        return httpx.Response(404, json={"code": "not_found"})

    def figures_of(self, service: str, asked: dict) -> dict:
        figures = [a_figure(key, value) for key, value in self.figures[service].items()]
        if service == "dossier":
            figures += [a_ratio("dossiers.received.online.share")]
        if service == "catalog":
            figures += [a_ratio("procedures.posted")]
        if asked.get("by") == "procedure_field":
            figures = [
                a_figure(key, value, {"procedure_field": "tu-phap"})
                for key, value in self.figures[service].items()
                if isinstance(value, int)
            ]
        return {
            "agency_code": asked["agency"],
            "from": asked["from"],
            "to": asked["to"],
            "known_at": min(asked["known_at"], self.closed_until.get(service, asked["known_at"])),
            "watermark": "42",
            "figures": figures,
            "unread": "consumers ignore what they do not read",
        }

    def evidence(self, service: str, key: str, asked: dict) -> httpx.Response:
        if asked.get("cursor", "0").isdigit() is False:
            return httpx.Response(400, json={"code": "bad_cursor"})
        if key == "rating.indicators_counted":
            return httpx.Response(200, json=the_counted(self.figures[service][key]))
        part, whole = RATIOS.get(key, (None, self.figures[service].get(key)))
        if not isinstance(whole, int):
            return httpx.Response(404, json={"code": "unknown_figure"})
        first, limit = int(asked.get("cursor", "0")), int(asked["limit"])
        items = [
            {
                "record_type": "dossier",
                "record_id": f"{key}-{n}",
                "contribution": 1 if part is None or n < part else 0,
            }
            for n in range(first, min(whole, first + limit))
        ]
        body = {
            "key": key,
            "kind": "count" if part is None else "ratio",
            "total": whole,
            "total_contribution": whole if part is None else part,
            "items": items,
            "next_cursor": str(first + limit) if first + limit < whole else None,
        }
        return httpx.Response(200, json=body)


def a_figure(key: str, value, dimensions=None) -> dict:
    kind = "label" if isinstance(value, str) else "count" if isinstance(value, int) else "average"
    return {
        "key": key,
        "label": f"Số liệu {key}",
        "value": value,
        "numerator": None,
        "denominator": None,
        "unit": "dossier",
        "kind": kind,
        "dimensions": dimensions or {},
        "definition_id": f"{key}@1",
        "definition": "…",
        "law": "our reading",
        "evidence_url": "/v1/…",
    }


def a_ratio(key: str) -> dict:
    part, whole = RATIOS[key]
    share = round(100 * part / whole, 1)
    return a_figure(key, share) | {
        "kind": "ratio",
        "numerator": part,
        "denominator": whole,
        "unit": "percent",
    }


def neighbours_of(world: World) -> Neighbours:
    known = {
        name: Neighbour(
            name,
            httpx.AsyncClient(
                base_url=f"http://{name}", transport=httpx.MockTransport(world.handler(name))
            ),
        )
        for name in SERVICES
    }
    return Neighbours(
        catalog=CatalogClient(known["catalog"], fresh_seconds=0),
        keepers=tuple(FiguresClient(neighbour) for neighbour in known.values()),
        timeout_seconds=5,
    )


def the_counted(count: int) -> dict:
    items = [
        {
            "record_type": "indicator",
            "record_id": f"tt01-2018/{n}",
            "contribution": 1,
            "attributes": {"figure": f"rating.indicator.{n}"},
        }
        for n in range(1, count + 1)
    ]
    return {
        "key": "rating.indicators_counted",
        "kind": "count",
        "total": count,
        "total_contribution": count,
        "items": items,
    }
