"""This machine: its time zone data and its disk."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from infra.doctor.finding import Finding, bad, doubtful, good

GIGABYTE = 1_000_000_000
LEAST_FREE, LITTLE_FREE = GIGABYTE // 5, 2 * GIGABYTE


def look_at_zones() -> Finding:
    """Whether a morning in June and one in January are where the law of the European Union puts them."""
    try:
        paris = ZoneInfo("Europe/Paris")
    except ZoneInfoNotFoundError:
        return bad("Fuseaux horaires", "Europe/Paris manque", "Installez le paquet Python « tzdata ».")
    offsets = [datetime(2027, month, 14, 7, tzinfo=UTC).astimezone(paris).utcoffset() for month in (6, 1)]
    if offsets != [timedelta(hours=2), timedelta(hours=1)]:
        return bad("Fuseaux horaires", "Europe/Paris est faux", "Mettez à jour le paquet « tzdata ».")
    return good("Fuseaux horaires", "Europe/Paris, été et hiver")


def look_at_disk(folder: Path) -> Finding:
    """What is free where this command was started; the database may stand elsewhere."""
    free = shutil.disk_usage(folder).free
    told = f"{free / GIGABYTE:.1f} Go libres ici".replace(".", ",")
    if free < LEAST_FREE:
        return bad("Disque", told, "Faites de la place : sans elle, la base s’arrête.")
    if free < LITTLE_FREE:
        return doubtful("Disque", told, "Prévoyez deux gigaoctets.")
    return good("Disque", told)
