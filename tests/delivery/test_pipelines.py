"""What the pipelines do, in which order, and that every command in them exists as they write it."""

import re
import shlex
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
import yaml

from tests.delivery.cloud import Cloud
from tests.fixtures.stores import ROOT

FOLDER = ROOT / "azure-pipelines"
FILES = sorted(FOLDER.rglob("*.yml"))
MACROS = {
    "$(build)": "build-2",
    "$(package)": "icarus.zip",
    "$(unpacked)": ".",
    "$(began)": str(time.time()),
    '"$build"': "build-2",
    "${{ side }}": "live",
}


def read(name: str) -> dict[str, Any]:
    """Every scalar as it is written: `on` is no truth value in a pipeline."""
    text = (FOLDER / name).read_text(encoding="utf-8")
    content: dict[str, Any] = yaml.load(text, Loader=yaml.BaseLoader)
    return content


def texts(node: Any) -> Iterator[str]:
    """Every text in a pipeline, at any depth, in order."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for value in node.values():
            yield from texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from texts(value)


def lines(node: Any) -> list[str]:
    return [line.strip() for text in texts(node) for line in text.splitlines()]


def scripts(node: Any) -> list[str]:
    """The scripts that are run, in order, by name and first arguments."""
    return [
        line.partition("python -m scripts.")[2] for line in lines(node) if "-m scripts." in line
    ]


COMMANDS = sorted(
    {command for path in FILES for command in scripts(read(str(path.relative_to(FOLDER))))}
)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_script_takes_what_it_is_given(cloud: Cloud, command: str) -> None:
    for macro, stands_for in MACROS.items():
        command = command.replace(macro, stands_for)
    assert "$" not in command, "a macro that this test does not know"
    script, *arguments = shlex.split(command)

    done = cloud.run(script, *arguments, "--dry-run")

    assert done.returncode == 0, done.stderr
    assert cloud.calls() == []


def test_every_make_target_exists() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    used = {
        match
        for path in FILES
        for line in lines(read(str(path.relative_to(FOLDER))))
        for match in re.findall(r"^make (\w+)", line)
    }

    assert {"lint", "test", "audit", "package", "venv"} <= used <= targets


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_template_exists(path: Path) -> None:
    names = re.findall(r"template: (\S+)", path.read_text())

    assert [name for name in names if not (path.parent / name).is_file()] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_nothing_is_installed_from_a_pipe(path: Path) -> None:
    assert not re.search(r"(curl|wget)[^\n]*\|", path.read_text())


class TestDelivery:
    stages: ClassVar = {stage["stage"]: stage for stage in read("cd.yml")["stages"]}

    def test_stages_follow_one_another(self) -> None:
        after = {name: stage.get("dependsOn") for name, stage in self.stages.items()}

        assert after == {
            "Build": None,
            "Staging": "Build",
            "Slot": "Staging",
            "Rehearsal": "Staging",
            "Approval": ["Slot", "Rehearsal"],
            "Production": "Approval",
        }

    def test_the_package_is_built_once(self) -> None:
        built = [line for line in lines(read("cd.yml")) if line.startswith("make package ")]

        assert len(built) == 1

    def test_staging_is_migrated_before_it_is_deployed_and_tested_after(self) -> None:
        for stage in ("Staging", "Slot"):
            names = [command.split()[0] for command in scripts(self.stages[stage])]
            assert names == ["migrate", "deploy", "smoke_test"]

    def test_a_person_approves(self) -> None:
        (job,) = self.stages["Approval"]["jobs"]
        (step,) = job["steps"]

        assert (job["pool"], step["task"]) == ("server", "ManualValidation@1")
        assert step["inputs"]["onTimeout"] == "reject"

    def test_production_is_migrated_then_swapped_then_the_others_follow(self) -> None:
        (job,) = self.stages["Production"]["jobs"]
        deploy = scripts(job["strategy"]["runOnce"]["deploy"])

        assert [command.split()[0] for command in deploy] == [
            "releases",
            "migrate",
            "swap",
            "deploy",
        ]
        assert deploy[1].startswith("migrate --environment prod --side live")
        assert deploy[-1].endswith("--to worker scheduler page")

    def test_after_the_swap_it_is_tested_and_watched_for_15_minutes(self) -> None:
        (job,) = self.stages["Production"]["jobs"]
        after = scripts(job["strategy"]["runOnce"]["postRouteTraffic"])

        assert [command.split()[0] for command in after] == ["smoke_test", "watch_after_swap"]
        assert after[1].endswith("--minutes 15")

    def test_any_failure_brings_the_build_before_back_and_all_is_logged(self) -> None:
        (job,) = self.stages["Production"]["jobs"]
        ends = job["strategy"]["runOnce"]["on"]

        assert [c.split()[0] for c in scripts(ends["failure"])] == ["rollback", "deployment_log"]
        assert "--outcome succeeded" in scripts(ends["success"])[0]

    def test_one_deployment_at_a_time_from_main_alone(self) -> None:
        pipeline = read("cd.yml")

        assert pipeline["trigger"]["branches"] == {"include": ["main"]}
        assert (pipeline["pr"], pipeline["lockBehavior"]) == ("none", "sequential")


class TestOthers:
    def test_plan_and_apply_take_the_providers_that_were_committed(self) -> None:
        (step,) = read("templates/terraform.yml")["steps"]

        assert "terraform init -input=false -lockfile=readonly" in step["inputs"]["inlineScript"]

    def test_every_job_of_a_pull_request_reports(self) -> None:
        (stage,) = read("ci.yml")["stages"]
        commands = [line for line in lines(stage) if line.startswith(("make ", "infra"))]

        assert [job["job"] for job in stage["jobs"]] == ["Lint", "Test", "Scan", "Terraform"]
        assert 'make test ARGS="--junitxml=test-results/back-end.xml"' in commands
        assert "infrastructure/terraform/tests/run.sh" in commands

    @pytest.mark.parametrize("name", ["ci.yml", "cd.yml"])
    def test_the_results_of_both_ends_are_published(self, name: str) -> None:
        page = (ROOT / "modules/frontend/vite.config.ts").read_text(encoding="utf-8")

        assert "testResultsFiles: 'test-results/*-end.xml'" in (FOLDER / name).read_text()
        assert "test-results/front-end.xml" in page

    def test_nothing_that_can_be_tested_is_skipped(self) -> None:
        text = (FOLDER / "ci.yml").read_text()

        assert all(f"REQUIRE_{program}: '1'" in text for program in ("BROWSER", "PGBOUNCER"))

    def test_only_main_is_applied(self) -> None:
        apply = read("infrastructure.yml")["stages"][1]
        (stage,) = next(iter(apply.values()))

        assert "refs/heads/main" in stage["condition"]
        assert "PullRequest" in stage["condition"]

    def test_a_rotation_waits_a_day_before_the_old_version_ends(self) -> None:
        rotate, confirm = next(iter(read("rotation.yml")["stages"][0].values()))
        wait, retire = confirm["jobs"]

        assert scripts(rotate)[0].startswith("rotate_secret rotate")
        assert wait["steps"][0]["inputs"]["delayForMinutes"] == str(24 * 60)
        assert (retire["dependsOn"], scripts(retire)[0].split()[1]) == ("Wait", "retire")

    def test_the_webhook_is_the_one_that_terraform_calls(self) -> None:
        (webhook,) = read("rotation.yml")["resources"]["webhooks"]
        variables = (ROOT / "infrastructure/terraform/variables_services.tf").read_text()

        assert f'"{webhook["connection"]}"' in variables

    def test_recovery_is_rehearsed_monthly_and_rebuilt_quarterly(self) -> None:
        pipeline = read("recovery.yml")
        crons = {schedule["displayName"]: schedule["cron"] for schedule in pipeline["schedules"]}
        monthly = [stage for stage in pipeline["stages"] if stage["stage"] != "Rebuild"]

        assert crons["Monthly"].split()[2:4] == ["1", "*"]
        assert crons["Quarterly rebuild"].split()[3] == "1,4,7,10"
        assert [scripts(stage)[0].split()[:2] for stage in monthly] == [
            ["restore_test", "--environment"],
            ["drill", "heal"],
            ["drill", "swap-back"],
            ["drill", "alert"],
        ]
