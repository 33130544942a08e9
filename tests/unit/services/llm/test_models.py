from datetime import date, datetime

import pytest
from anthropic.resources.messages.messages import DEPRECATED_MODELS

from modules.backend.core.settings_llm import LLMSettings, Vendor
from modules.backend.services.llm.models import (
    LOCAL,
    MODELS,
    RETIREMENTS,
    model_named,
    retirement_of,
)


class TestNames:
    @pytest.mark.parametrize(
        ("name", "known_as"),
        [
            ("gpt-5.1", "gpt-5.1"),
            ("GPT-5.1", "gpt-5.1"),
            ("gpt-5.1-2025-11-13", "gpt-5.1"),
            ("openai/gpt-5.1", "gpt-5.1"),
            ("openrouter/anthropic/claude-sonnet-5-5", "claude-sonnet-5-5"),
            ("claude-sonnet-4-5-20250929", "claude-sonnet-4-5"),
            ("claude-sonnet-4-5@20250929", "claude-sonnet-4-5"),
            ("gemma3:4b", "gemma3"),
        ],
    )
    def test_are_known_dated_tagged_and_prefixed(self, name: str, known_as: str) -> None:
        assert model_named(name) is MODELS[known_as]

    @pytest.mark.parametrize("name", ["gpt-5", "gpt-5-mini", "gpt-5.1", "gpt-4o", "gpt-4o-mini"])
    def test_that_begin_alike_are_told_apart(self, name: str) -> None:
        assert model_named(name) is MODELS[name]

    @pytest.mark.parametrize("name", ["llama3.2:3b", "mistral", "sandbox-chat", "gpt-oss:20b", ""])
    def test_that_are_unknown_are_local_models(self, name: str) -> None:
        assert model_named(name) == LOCAL
        assert LOCAL.token_parameter == "max_tokens"
        assert not LOCAL.efforts

    @pytest.mark.parametrize("name", ["gpt-5.1-codex-max", "gpt-5-chat-latest", "gpt-9-astra"])
    def test_of_a_known_family_are_asked_for_nothing_that_some_refuse(self, name: str) -> None:
        model = model_named(name)

        assert model.token_parameter == "max_completion_tokens"
        assert (model.temperature, model.efforts) == (False, ())

    def test_of_an_unknown_claude_get_no_temperature(self) -> None:
        model = model_named("claude-opus-9")

        assert (model.temperature, model.thinking, model.efforts) == (False, None, ())


class TestSpeed:
    @pytest.mark.parametrize(
        ("name", "effort"), [("gpt-5.1", "none"), ("gpt-5", "minimal"), ("o3", "low")]
    )
    def test_the_first_effort_is_the_least(self, name: str, effort: str) -> None:
        assert model_named(name).efforts[0] == effort

    @pytest.mark.parametrize(
        ("name", "thinking"),
        [("claude-sonnet-5-5", "between_tools"), ("claude-haiku-5-5", "disabled")],
    )
    def test_a_claude_does_not_think_first(self, name: str, thinking: str) -> None:
        assert model_named(name).thinking == thinking


class TestRetirements:
    def test_are_those_of_the_vendor(self) -> None:
        azure = retirement_of(Vendor.AZURE_OPENAI, "gpt-4o-2024-08-06")
        openai = retirement_of(Vendor.OPENAI, "gpt-4o-2024-08-06")

        assert azure is not None
        assert openai is not None
        assert (azure.day, openai.day) == (date(2026, 10, 1), date(2027, 1, 14))

    def test_of_a_version_win_over_those_of_the_name(self) -> None:
        retirement = retirement_of(Vendor.OPENAI, "gpt-4o-2024-05-13")

        assert retirement is not None
        assert retirement.day == date(2026, 10, 23)

    def test_are_unknown_for_most(self) -> None:
        assert retirement_of(Vendor.OPENAI, "llama3.2") is None
        assert retirement_of(Vendor.ANTHROPIC, "claude-sonnet-5-5") is None
        assert retirement_of(Vendor.AZURE_OPENAI, "gpt-5.1-codex") is None

    @pytest.mark.parametrize("vendor", Vendor)
    def test_name_a_successor_that_lives_longer_and_where_it_was_read(self, vendor: Vendor) -> None:
        for retirement in RETIREMENTS[vendor].values():
            successor = retirement_of(vendor, retirement.successor)
            assert retirement.source
            assert successor is None or successor.day > retirement.day

    @pytest.mark.parametrize(
        "name", [name for name in DEPRECATED_MODELS if name.startswith(("claude-3-7", "claude-s"))]
    )
    def test_are_those_that_anthropics_package_warns_of(self, name: str) -> None:
        words = DEPRECATED_MODELS[name]
        month, day, year = words.replace(",", "").split()
        warned = datetime.strptime(f"{month} {day[:-2]} {year}", "%B %d %Y").date()  # noqa: DTZ007  # a date has no zone
        retirement = retirement_of(Vendor.ANTHROPIC, name)

        assert retirement is not None
        assert retirement.day == warned


def test_the_default_models_are_known() -> None:
    fields = LLMSettings.model_fields
    for setting in ("azure_openai_model", "openai_model", "anthropic_model"):
        for suffix in ("", "_small"):
            assert fields[setting + suffix].default in MODELS
