"""A text without its LaTeX and typography, letter for letter as long as the text: spans in one are spans in the other.

Pages damage numbers in two ways: the commands are still there (`$2.5\\times$`, `{\\sim}84$\\,GB`, `\\textbf{30\\%}`)
or only
their names are left (`22times`, `approx60%`, `5sim 40%`). Both become what a reader sees, padded with spaces.
"""

import re

_SAME = str.maketrans(
    {
        "×": "x",
        "✕": "x",
        "⨯": "x",
        "⋅": "*",
        "·": "*",
        "–": "-",
        "‒": "-",
        "‑": "-",
        "‐": "-",
        "−": "-",
        "﹣": "-",
        "—": ";",
        "≈": "~",
        "∼": "~",
        "˜": "~",
        "≃": "~",
        "～": "~",
        "％": "%",
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
        "≤": "<",
        "≥": ">",
        "⩾": ">",
        "⩽": "<",
        "→": "→",
        "⟶": "→",
        "⇒": "→",
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
        "\u2002": " ",
        "\u2003": " ",
        "\u200a": " ",
        "\u2007": " ",
        "\t": " ",
        "\n": " ",
        "\r": " ",
        "\u200b": " ",
        "\ufeff": " ",
    }
)

# What the names of commands stand for. The backslash is often lost, then the name must touch a digit.
_SIGNS = {
    "times": "x",
    "sim": "~",
    "approx": "~",
    "thicksim": "~",
    "simeq": "~",
    "approxeq": "~",
    "geq": ">",
    "ge": ">",
    "gt": ">",
    "gtrsim": ">",
    "lesssim": "<",
    "gg": ">",
    "ll": "<",
    "geqslant": ">",
    "leq": "<",
    "le": "<",
    "lt": "<",
    "leqslant": "<",
    "rightarrow": "→",
    "to": "→",
    "longrightarrow": "→",
    "Rightarrow": "→",
    "pm": "±",
    "cdot": "*",
    "uparrow": "+",
    "downarrow": "-",
    "percent": "%",
    "textasciitilde": "~",
    "mathsmaller": " ",
    "textendash": "-",
    "textemdash": ";",
    "textgreater": ">",
    "textless": "<",
    "euro": "€",
    "pounds": "£",
    "ldots": " ",
    "dots": " ",
}
_STYLES = (
    "textbf|textit|texttt|textrm|textsc|textsf|textsl|textnormal|textmd|textup|emph|mathbf|mathrm|mathit|mathtt|mathsf|"
    "mathcal|mathbb|boldsymbol|bm|underline|uline|text|mbox|hbox|operatorname|href|url|ensuremath|"
    "num|SI|qty|unit|bf|it|rm|em|tt|"
    "left|right|big|Big|small|large|displaystyle|quad|qquad|xspace|footnotesize|scriptsize|mathop|"
    "mathord|mathrel|mathbin"
)

_COMMAND = re.compile(
    r"\\(?:"
    r"(?P<percent>%)|(?P<dollar>\$)|(?P<space>[,;:! \\/()\[\]])|(?P<escaped>[&#_{}])"
    rf"|(?P<sign>{'|'.join(sorted(_SIGNS, key=len, reverse=True))})(?![A-Za-z])"
    rf"|(?P<style>{_STYLES})(?![A-Za-z])|(?P<other>(?=[A-Za-z]))"
    r")"
)
_LOST = re.compile(
    r"(?<=\d)(?:\s?\{)?(?P<after>times)(?![a-z])"
    r"|(?<![A-Za-z])(?P<before>times|sim|approx|geq|leq|thicksim|pm)(?=\s?[\d.])"
    r"|(?<=[\d%])\s?(?P<between>rightarrow|sim|to(?=\d))(?=\s?[\d.])"
    r"|(?<=\d)(?P<lost>percent)(?![a-z])"
    r"|(?<=\d)(?P<comma>,)(?=(?:ms|s|M|B|K|GB|MB|FPS|fps|W|mW|J|mJ|dB|Hz|GHz|MHz)\b)"
)
_NAMES = ("times", "sim", "approx", "eq", "pm")
# A digit that touches a name which may be one of a command; one look for each keeps the search for digits fast.
_MAY_BE_LOST = (
    re.compile(r"[0-9%](?:\s?(?:times|sim|r|\{)|to[0-9]|p|,[a-zA-Z])"),
    re.compile(
        r"[0-9.](?:(?<=[smxq].)|(?<=[smxq]\s.))(?:"
        + "|".join(f"(?<={name}{gap}.)" for name in _NAMES for gap in ("", r"\s"))
        + ")"
    ),
)
_MATH = re.compile(r"\$(?P<in>[^$]{1,200}?)\$")
_PROSE = re.compile(r"\d.*(?<![\\A-Za-z{])[A-Za-z]{2,}(?![A-Za-z}])")
_MARKS = re.compile(r"\*\*|(?<![\w*])\*(?=\w)|(?<=\w)\*(?![\w*]|\s{0,8}10\s{0,3}\^)|`|\\$")
_TILDE = re.compile(
    r"(?<=[\w%)/}])~(?=\s*[A-Za-z(/~])|(?<=[A-Za-z.,)/])(?<!\d[A-Za-z])(?<!\d[A-Za-z]{2})~(?=\d)|(?<=\s)~(?=[A-Za-z])"
)
_ARROW = re.compile(r"-{1,2}>|=>")
_UNICODE = re.compile(r"\$?\\unicode\{x[0-9a-fA-F]{1,6}\}\$?")
_ENTITIES = {"lt": "<", "gt": ">", "amp": "&", "nbsp": " ", "times": "x", "plusmn": "±", "percnt": "%"}
_ENTITY = re.compile(r"&(lt|gt|amp|nbsp|times|plusmn|percnt);")
_BRACES = re.compile(r"\{(?!,\})|(?<!\{,)\}")


def _command(match: re.Match[str]) -> str:
    width = match.end() - match.start()
    kind = match.lastgroup
    if kind == "percent":
        return " %"
    if kind == "dollar":
        return " \x00"  # a real dollar, kept apart from the marks of mathematics
    if kind == "sign":
        return _SIGNS[match["sign"]].ljust(width)
    if kind == "escaped":
        return " " + match["escaped"]
    return " " * width


def _lost(match: re.Match[str]) -> str:
    width = match.end() - match.start()
    if match.lastgroup == "comma":
        return " "
    word = match[match.lastgroup or 0]
    if match.lastgroup == "between" and word == "sim":
        return "-".rjust(width - len(word) + 1).ljust(width)
    return _SIGNS[word].rjust(width - len(word) + 1).ljust(width)


def _math(match: re.Match[str]) -> str:
    inside = match["in"]
    if "\\" not in inside and _PROSE.match(inside):
        return match[0][:1].replace("$", "\x00") + inside + "\x01"  # two prices with words between them
    return " " + inside + " "


def plain(text: str) -> str:
    """The text as a reader sees it, of the same length, so that spans hold in both.

    >>> plain("a $2.5\\\\times$ gain")
    'a  2.5x       gain'
    """
    if "\\unicode" in text:
        text = _UNICODE.sub(lambda m: "-".center(len(m[0])), text)
    if "\\" not in text and "$" not in text and text.isascii():
        out = text.translate(_SAME) if "\n" in text or "\t" in text or "\r" in text else text
    else:
        out = text.translate(_SAME)
        if "$" in out:
            out = _MATH.sub(_math, out.replace("\\$", " \x00")).replace("\x01", "$")
        if "\\" in out:
            out = _COMMAND.sub(_command, out)
        out = out.replace("\x00", "$")
    if "+/-" in out:
        out = out.replace("+/-", " ± ")
    if "->" in out or "=>" in out:
        out = _ARROW.sub(lambda m: "→".ljust(len(m[0])), out)
    if "&" in out:
        out = _ENTITY.sub(lambda m: _ENTITIES[m[1]].ljust(len(m[0])), out)
    if "{" in out or "}" in out:
        out = _BRACES.sub(" ", out)
    if any(sign.search(out) for sign in _MAY_BE_LOST):
        out = _LOST.sub(_lost, out)
    if "~" in out:
        out = _TILDE.sub(" ", out)
    if "*" in out or "`" in out or "\\" in out:
        out = _MARKS.sub(lambda m: " " * len(m[0]), out)
    return out
