"""The cases of the published Autobahn test suite, which is a Python 2 program, as classes of Python 3.

A `str` of Python 2 is bytes, and the cases rely on that. They are given a `str` whose characters are those bytes
(Latin-1): their sources are read so, and whatever passes between them and the connection is converted there
(`client.py`). Only the few expressions below need a translation of their own.
"""

import hashlib
import importlib.abc
import importlib.machinery
import io
import pathlib
import re
import sys
import types

LATIN_1 = "latin-1"

# (which files, what, by what). Each must be found, so that another version of the suite cannot slip through.
TRANSLATIONS = [
    ("case6_x_x|case12_x_x|case7_7_X|case7_9_X|case9_7_X", r"\(object, Case, \)", "(Case,)"),
    # What it prints are its own unit tests, which nobody calls here.
    ("case6_x_x", r"(?m)^(\s+)print\b.*$", r"\1pass"),
    ("case10_1_1", r"len\(self\.payload\) / ", "len(self.payload) // "),
    # The text of Python 2's pickle told two byte strings apart by their bytes alone.
    ("case", r"pickle\.dumps\(obj1\) == pickle\.dumps\(obj2\)", "obj1 == obj2"),
    ("case12_x_x", r"payload\.decode\('utf-8'\)", "utf8_decode(payload)"),
    ("case12_x_x", r"msg\.encode\('utf-8'\)", "utf8_encode(msg)"),
    ("case12_x_x", r"msg\.decode\('utf-8'\)", "utf8_decode(msg)"),
    ("case12_x_x", r"import copy, os, pkg_resources, hashlib, binascii", "import copy, os"),
    # Autobahn|Python has renamed them since.
    ("case12_x_x", r"(request|accept)NoContextTakeover", r"\1_no_context_takeover"),
    ("case12_x_x", r"(request|accept)MaxWindowBits", r"\1_max_window_bits"),
    ("case6_.*|case7_5_1", r"(?m)^import binascii$", ""),
    # The suite does not run it.
    ("__init__", r"from case9_9_1 import \*", ""),
    ("case6_x_x", r"from autobahn.websocket.utf8validator import Utf8Validator", ""),
]


def to_bytes(text):
    return text.encode(LATIN_1) if isinstance(text, str) else text


def to_text(data):
    return bytes(data).decode(LATIN_1)


class _Sha1:
    def __init__(self):
        self._hash = hashlib.sha1()

    def update(self, text):
        self._hash.update(to_bytes(text))

    def digest(self):
        return self._hash.digest()


class _Utf8Validator:
    """Says of a prefix whether it is valid so far, and whether it ends on a code point."""

    def reset(self):
        pass

    def validate(self, text):
        try:
            to_bytes(text).decode("utf-8")
            return (True, True)
        except UnicodeDecodeError as error:
            return (error.reason == "unexpected end of data", False)


def _hex(text):
    return to_bytes(text).hex()


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds `case`, `case1_1_1` and so on, which import each other by those names."""

    def __init__(self, folder):
        self._folder = folder
        self._used = set()
        hexadecimal = types.SimpleNamespace(b2a_hex=_hex, hexlify=bytes.hex)
        self._names = {
            "xrange": range,
            "binascii": hexadecimal,
            "hashlib": types.SimpleNamespace(sha1=_Sha1),
            "Utf8Validator": _Utf8Validator,
            "pkg_resources": types.SimpleNamespace(resource_filename=lambda _, name: str(folder.parent / name)),
            "open": lambda file, _: io.StringIO(to_text(pathlib.Path(file).read_bytes()), newline=""),
            "utf8_decode": lambda text: to_bytes(text).decode("utf-8"),
            "utf8_encode": lambda text: text.encode("utf-8").decode(LATIN_1),
        }

    def find_spec(self, name, path=None, target=None):
        if re.fullmatch(r"case(\d+_\w+)?", name) and (self._folder / f"{name}.py").exists():
            return importlib.machinery.ModuleSpec(name, self)
        return None

    def exec_module(self, module):
        self.run(module.__name__, module.__dict__)

    def run(self, name, names):
        file = self._folder / f"{name}.py"
        source = to_text(file.read_bytes()).replace("\r\n", "\n")
        for index, (files, pattern, replacement) in enumerate(TRANSLATIONS):
            if re.fullmatch(files, name):
                source, count = re.subn(pattern, replacement, source)
                if count > 0:
                    self._used.add(index)
        names.update(self._names)
        exec(compile(source, str(file), "exec"), names)

    def check(self):
        unused = [row[:2] for index, row in enumerate(TRANSLATIONS) if index not in self._used]
        if unused:
            raise SystemExit(f"another version of the Autobahn test suite? It does not contain {unused}")


def load(folder):
    """All cases of the suite that was unpacked in `folder`: (number, class), in the suite's order."""
    finder = _Finder(pathlib.Path(folder) / "autobahntestsuite" / "case")
    sys.meta_path.insert(0, finder)
    names = {"__name__": "cases"}
    finder.run("__init__", names)
    finder.check()
    return [(case.__name__.removeprefix("Case").replace("_", "."), case) for case in names["Cases"]]
