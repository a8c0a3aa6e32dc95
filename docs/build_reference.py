"""The reference of all modules from their docstrings: ``python docs/build_reference.py FOLDER``."""

import pkgutil
import sys
from pathlib import Path

import pdoc

import gait

# `gait` imports its public names when they are first used, which pdoc does not do.
for name in gait.__all__:
    setattr(gait, name, getattr(gait, name))
pdoc.render.configure(docformat="numpy")
# `gait` names what it exports, so that pdoc would leave its modules out.
modules = [f"gait.{module.name}" for module in pkgutil.iter_modules(gait.__path__)]
pdoc.pdoc("gait", *modules, output_directory=Path(sys.argv[1]))
