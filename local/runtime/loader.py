"""Finds a function's handler: each `app.py` is loaded once per process, under its own module name, and kept warm."""

import importlib
import importlib.util
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from local.stack import FunctionSpec

Handler = Callable[[Any, Any], Any]

REPOSITORY = Path(__file__).resolve().parents[2]
_handlers: dict[tuple[Path, str], Handler] = {}
_lock = threading.Lock()


class LoadError(Exception):
    """The function's code could not be imported, or has no such handler. `name` is Lambda's error type."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


def handler_of(spec: FunctionSpec) -> Handler:
    """The callable behind `module.function`, imported at the first call (the cold start)."""
    key = (spec.code, spec.handler)
    if key not in _handlers:
        with _lock:
            if key not in _handlers:
                _handlers[key] = _load(spec)
    return _handlers[key]


def _load(spec: FunctionSpec) -> Handler:
    module_name, _, attribute = spec.handler.rpartition(".")
    _put_on_path(spec.layers)
    try:
        module = _import(spec.code, module_name)
    except Exception as problem:
        text = f"Unable to import module '{module_name}' of {spec.logical_id}: {type(problem).__name__}: {problem}"
        raise LoadError("Runtime.ImportModuleError", text) from problem
    try:
        handler: Handler = getattr(module, attribute)
    except AttributeError as problem:
        raise LoadError(
            "Runtime.HandlerNotFound", f"Handler '{attribute}' missing on module '{module_name}'"
        ) from problem
    return handler


def _put_on_path(layers: tuple[Path, ...]) -> None:
    for layer in layers:
        for folder in (layer / "python", layer):
            if folder.is_dir() and str(folder) not in sys.path:
                sys.path.append(str(folder))


def _import(code: Path, module_name: str) -> Any:
    """Functions of this repository keep the name the tests use; any other folder gets a name of its own."""
    if code.parent == REPOSITORY / "functions":
        if str(REPOSITORY) not in sys.path:
            sys.path.append(str(REPOSITORY))
        return importlib.import_module(f"functions.{code.name}.{module_name}")
    path = code / f"{module_name}.py"
    unique = "function_" + "_".join(path.with_suffix("").parts[1:]).replace("-", "_").replace(".", "_")
    spec = importlib.util.spec_from_file_location(unique, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"no module at {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[unique] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[unique]
        raise
    return module
