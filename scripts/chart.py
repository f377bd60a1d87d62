#!/usr/bin/env python3
"""Lints, renders, installs and removes the chart with Helm's own SDK.

usage: chart.py lint
       chart.py render [--set VALUES.json]
       chart.py install --kubeconfig FILE [--context NAME] [--namespace NS] [--set VALUES.json] [--reuse-values]
                        [--timeout SECONDS] [--skip-schema-check] [--take-ownership]
       chart.py uninstall --kubeconfig FILE [--context NAME] [--namespace NS]
"""
import argparse
import contextlib
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import pythonenv  # noqa: E402

pythonenv.enter()

import helm_python  # noqa: E402
from helm_python import chart as charts, config as configs  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent
CHART = ROOT / "charts" / "aiops-operator"
RELEASE = "aiops-operator"
OLDER = "The server's OpenAPI document is older than what serves its CRDs, as in the private cluster of make demo: add --skip-schema-check."


def values(arguments):
    return json.loads(pathlib.Path(arguments.set).read_text()) if arguments.set else {}


def config(arguments):
    return helm_python.Config(kubeconfig_path=arguments.kubeconfig, kube_context=arguments.context,
                              namespace=arguments.namespace)


@contextlib.contextmanager
def more_options(**wanted):
    """Hands Helm options that the SDK's Go side takes and its Python side has no parameter for (0.2.2)."""
    plain = configs._opts
    configs._opts = lambda **options: plain(**options, **wanted)
    try:
        yield
    finally:
        configs._opts = plain


def lint(_):
    result = charts.lint(str(CHART))
    print(json.dumps(result, indent=2))
    # Severity 1 is advice, 2 a warning, 3 an error.
    bad = [m for m in result.get("messages", []) if m.get("severity", 3) >= 2]
    return 1 if bad or result.get("errors") else 0


def render(arguments):
    with charts.Chart.load(str(CHART)) as chart:
        for path, text in sorted(chart.render(values=values(arguments), name=RELEASE, namespace=arguments.namespace).items()):
            if text.strip() and not path.endswith("NOTES.txt"):
                print(f"---\n# Source: {path}\n{text.strip()}")


def install(arguments):
    with config(arguments) as helm:
        existing = [r for r in helm.list(all_states=True, name_filter=f"^{RELEASE}$")]
        act = helm.upgrade if existing else helm.install
        more = {"reuse_values": arguments.reuse_values} if existing else {"create_namespace": True}
        options = {}
        if arguments.skip_schema_check:
            options["disable_openapi_validation"] = True
        if arguments.take_ownership:
            options.update(take_ownership=True, force_conflicts=True)
        with more_options(**options):
            release = act(str(CHART), RELEASE, values(arguments), namespace=arguments.namespace,
                          wait="watcher", timeout=arguments.timeout, **more)
        print(json.dumps({key: release.get(key) for key in ("name", "namespace", "version", "status")}))


def uninstall(arguments):
    with config(arguments) as helm:
        helm.uninstall(RELEASE, ignore_not_found=True, wait="watcher", timeout=arguments.timeout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=["lint", "render", "install", "uninstall"])
    parser.add_argument("--kubeconfig")
    parser.add_argument("--context")
    parser.add_argument("--namespace", default="aiops-system")
    parser.add_argument("--set", metavar="VALUES.json")
    parser.add_argument("--reuse-values", action="store_true",
                        help="keep what earlier installs have set, and put --set over it, as helm upgrade --reuse-values does")
    parser.add_argument("--timeout", type=int, default=120)
    parser.add_argument("--skip-schema-check", action="store_true",
                        help="do not hold the manifests to the server's OpenAPI document: it may be older than what serves "
                             "the CRDs, as in the private cluster")
    parser.add_argument("--take-ownership", action="store_true",
                        help="take over what others have applied before, such as CRDs by kubectl")
    arguments = parser.parse_args()
    if arguments.action in ("install", "uninstall") and not arguments.kubeconfig:
        parser.error("--kubeconfig is needed: no cluster is ever chosen unasked")
    try:
        sys.exit({"lint": lint, "render": render, "install": install, "uninstall": uninstall}[arguments.action](arguments))
    except helm_python.HelmError as error:
        old = "x-kubernetes-validations" in str(error) and not arguments.skip_schema_check
        sys.exit(f"helm: {error}" + (f"\n{OLDER}" if old else ""))


if __name__ == "__main__":
    main()
