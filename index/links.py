"""Addresses of code, in one form: `https://host/owner/name`."""

import re
from urllib.parse import unquote, urlsplit

# host as written -> host in the address
_HOSTS = {
    "github.com": "github.com",
    "gitlab.com": "gitlab.com",
    "codeberg.org": "codeberg.org",
    "bitbucket.org": "bitbucket.org",
    "huggingface.co": "huggingface.co",
    "hf.co": "huggingface.co",
}
_NO_OWNERS = {  # pages of the sites themselves
    "github.com": {"about", "apps", "blog", "collections", "contact", "customer-stories", "enterprise", "events"}
    | {"explore", "features", "issues", "login", "marketplace", "new", "notifications", "orgs", "organizations"}
    | {"pricing", "pulls", "search", "settings", "site", "sponsors", "stars", "topics", "trending", "users"},
    "gitlab.com": {"explore", "help", "users", "groups", "dashboard"},
    "codeberg.org": {"explore", "user", "org"},
    "bitbucket.org": {"product", "account", "dashboard"},
    "huggingface.co": {"papers", "docs", "blog", "tasks", "posts", "collections", "organizations", "pricing", "learn"}
    | {"join", "login"},
}
_BELOW = {"tree", "blob", "raw", "commit", "commits", "issues", "releases", "tags", "wiki", "branches", "src", "edit"}
_NAME = re.compile(r"[A-Za-z0-9_.-]+")
_SSH = re.compile(r"(?:ssh://)?git@([\w.-]+)[:/](.+)")
_AROUND = "<>()[]{}\"'`“”‘’*|"
_AFTER = ".,;:!?…。，"


def repository(url: str) -> str | None:
    """The address of the repository that a link points into, or None when it points into none.

    Knows github, gitlab (groups within groups too), codeberg, bitbucket and Hugging Face (models, data sets, spaces).
    Schemes, `www.`, `git@`, `.git`, branches, files, anchors and the punctuation of the text around it are taken off.
    Two links to one repository differ in nothing but the case of the letters.

    >>> repository("www.github.com/Dao-AILab/flash-attention.git).")
    'https://github.com/Dao-AILab/flash-attention'
    >>> repository("https://huggingface.co/datasets/allenai/c4/tree/main")
    'https://huggingface.co/datasets/allenai/c4'
    >>> repository("https://github.com/topics/quantization")
    """
    text = url.strip().lstrip(_AROUND).rstrip(_AROUND + _AFTER)
    ssh = _SSH.fullmatch(text)
    if ssh:
        text = f"https://{ssh[1]}/{ssh[2]}"
    elif "://" not in text:
        text = f"https://{text}"
    text = text.removeprefix("git+")
    try:
        split = urlsplit(text)
        named = split.hostname or ""
    except ValueError:  # such as an unclosed bracket in the host
        return None
    host = _HOSTS.get(named.lower().removeprefix("www."))
    if host is None:
        return None
    parts = [p for p in unquote(split.path).replace("\\", "").split("/") if p]
    found = _model(parts) if host == "huggingface.co" else _project(host, parts)
    if found is None or any(not _NAME.fullmatch(p) or set(p) <= {"."} for p in found):
        return None
    return f"https://{host}/{'/'.join(found)}"


def _project(host: str, parts: list[str]) -> list[str] | None:
    if len(parts) < 2 or parts[0].lower() in _NO_OWNERS[host]:
        return None
    kept = parts[:2]
    if host == "gitlab.com":  # a group may hold groups; "-" begins the pages of a project
        kept = []
        for part in parts:
            if part == "-" or (len(kept) >= 2 and part in _BELOW):
                break
            kept.append(part)
    return _cleaned(kept)


def _model(parts: list[str]) -> list[str] | None:
    kind = [parts[0]] if parts and parts[0] in ("datasets", "spaces") else []
    rest = parts[len(kind) :]
    if len(rest) < 2 or rest[0].lower() in _NO_OWNERS["huggingface.co"]:
        return None
    cleaned = _cleaned(rest[:2])
    return None if cleaned is None else kind + cleaned


def _cleaned(parts: list[str]) -> list[str] | None:
    name = parts[-1].rstrip(_AROUND + _AFTER).removesuffix(".git")
    return [*parts[:-1], name] if name and len(parts) >= 2 else None
