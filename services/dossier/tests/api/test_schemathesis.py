"""Whatever is sent, the answer is one the OpenAPI document promises, and never a 500."""

import pytest
import schemathesis
from dossier import main
from dossier.main import create_app
from hypothesis import HealthCheck, Phase, settings
from schemathesis import checks
