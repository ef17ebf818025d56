"""Wire models of procedure fields and publication decisions."""

from datetime import date

from kit.wire import Day, ProcedureCodeText, ShortText, Slug, Text, WireModel
from pydantic import ConfigDict, Field

from catalog.domain.publication import EffectKind


class ProcedureField(WireModel):
    """A field (lĩnh vực) that groups procedures."""

    code: Slug
    name: ShortText

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"code": "chung-thuc", "name": "Chứng thực"}]}
    )


class PublicationEffect(WireModel):
    """What the decision does to one procedure, from `effective_on` on."""

    kind: EffectKind
    procedure_code: ProcedureCodeText
    effective_on: Day


class DecisionHead(WireModel):
    """What names a publication decision."""

    number: ShortText
    decided_on: Day
    issued_by: ShortText
    title: Text


class NewPublicationDecision(DecisionHead):
    """A publication decision with its effects; the procedures may follow later."""

    effects: list[PublicationEffect] = Field(default_factory=list, max_length=5_000)

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "number": "01/QĐ-UBND",
                    "decided_on": "2022-01-04",
                    "issued_by": "Chủ tịch UBND tỉnh Thanh Hóa",
                    "title": "Công bố danh mục thủ tục hành chính",
                    "effects": [
                        {
                            "kind": "new",
                            "procedure_code": "1.001193",
                            "effective_on": "2022-01-04",
                        }
                    ],
                }
            ]
        }
    )


class RecordedEffect(WireModel):
    """An effect as recorded."""

    kind: EffectKind
    procedure_code: str
    effective_on: date


class PublicationDecision(WireModel):
    """A publication decision as recorded."""

    number: str
    decided_on: date
    issued_by: str
    title: str
    effects: list[RecordedEffect]
