"""Checks rendered manifests: `.ci/kubernetes` calls it with their folder.

Each document matches the schemas of Kubernetes, in the oldest and the newest version that counts, without unknown fields.
Names between documents lead somewhere, and the times of a stop add up. Then wrong manifests are made from the right ones,
and each of them must be found.
"""

import copy
import re
import sys
from pathlib import Path

import kubernetes_validate
import yaml
from cloudcoil.models.prometheus_operator.v1 import PodMonitor

ROOT = Path(__file__).resolve().parent.parent
VERSIONS = ["1.31", "1.37"]
# The names of settings in the first column of a table.
SETTINGS = re.compile(r"^\| (`\w+`(?:, `\w+`)*) \|", re.MULTILINE)
# Three batteries of the shop, the two pools and the cache of responses, close within 5 s each.
CLOSE = 15
# The longest check of `/readyz`, in seconds.
CHECK = 2


def settings():
    """Returns the variables of all settings that the reference lists."""
    page = (ROOT / "docs/reference/settings.md").read_text(encoding="utf-8")
    names = [name for group in SETTINGS.findall(page) for name in re.findall(r"\w+", group)]
    return {f"HIGHBALL_{name.upper()}" for name in names}


def seconds(text):
    return float(re.fullmatch(r"([\d.]+)s", text)[1])


def pod_of(doc):
    return doc["spec"]["template"]


def check_schema(doc):
    """Yields the errors of one document. The operator's kind is compared with its model, which drops unknown fields."""
    if doc["kind"] == "PodMonitor":
        try:
            known = PodMonitor.model_validate(doc).model_dump(mode="json", by_alias=True, exclude_unset=True)
        except ValueError as error:
            yield f"PodMonitor: {error}"
        else:
            if known != doc:
                yield "PodMonitor: an unknown field"
        return
    for version in VERSIONS:
        try:
            kubernetes_validate.validate(doc, version, strict=True)
        except kubernetes_validate.ValidationError as error:
            yield f"{doc['kind']}, Kubernetes {version}: {error.message}"


def check_pod(pod, where):
    """Yields the privileges that a pod has, and the limits that it lacks."""
    spec = pod["spec"]
    context = spec.get("securityContext", {})
    if context.get("runAsNonRoot") is not True or not context.get("runAsUser"):
        yield f"{where}: it may run as root"
    if context.get("seccompProfile", {}).get("type") != "RuntimeDefault":
        yield f"{where}: no seccomp profile"
    if spec.get("automountServiceAccountToken") is not False:
        yield f"{where}: it has a token of the API"
    for container in spec["containers"]:
        own = container.get("securityContext", {})
        if own.get("allowPrivilegeEscalation") is not False or own.get("privileged") or context.get("privileged"):
            yield f"{where}: it may gain privileges"
        if own.get("readOnlyRootFilesystem") is not True:
            yield f"{where}: its root is writable"
        if own.get("capabilities", {}).get("drop") != ["ALL"] or "add" in own["capabilities"]:
            yield f"{where}: it has capabilities"
        if not re.search(r":[\w.-]+$", container["image"]) or container["image"].endswith(":latest"):
            yield f"{where}: the image has no version"
        resources = container.get("resources", {})
        if "memory" not in resources.get("limits", {}) or "cpu" not in resources.get("requests", {}):
            yield f"{where}: no limit of memory or no request of CPU"


def check_app(docs):
    """Yields wrong references between the documents of the app, and times that do not add up."""
    by_kind = {doc["kind"]: doc for doc in docs}
    deployment, config = by_kind["Deployment"], by_kind["ConfigMap"]
    pod, name = pod_of(deployment), deployment["metadata"]["name"]
    labels, (container,) = pod["metadata"]["labels"], pod["spec"]["containers"]
    ports = {port["name"] for port in container["ports"]}
    policy = by_kind["NetworkPolicy"]["spec"]

    spread = pod["spec"].get("topologySpreadConstraints", [])
    selectors = [by_kind[kind]["spec"].get("selector", {}) for kind in ["PodDisruptionBudget", "PodMonitor"]]
    selectors += [each["labelSelector"] for each in spread]
    selectors += [deployment["spec"]["selector"], policy["podSelector"]]
    selectors.append({"matchLabels": by_kind["Service"]["spec"].get("selector")})
    for selector in selectors:
        wanted = selector.get("matchLabels")
        if not wanted or not wanted.items() <= labels.items():
            yield f"a selector is not that of the pods: {selector}"
    if not spread:
        yield "the pods are not spread"

    if {port["targetPort"] for port in by_kind["Service"]["spec"]["ports"]} != {"http"}:
        yield "the Service has another port than `http`"
    if [each["port"] for each in by_kind["PodMonitor"]["spec"]["podMetricsEndpoints"]] != ["admin"]:
        yield "the monitor does not scrape `admin`"
    if not {"http", "admin"} <= ports:
        yield f"the container has the ports {ports}"
    if set(policy["policyTypes"]) != {"Ingress", "Egress"}:
        yield "the policy does not restrict both directions"
    for rule in policy["ingress"]:
        opened = {port["port"] for port in rule.get("ports", [])}
        peers = rule.get("from", [])
        is_monitoring = peers and all(
            peer.get("podSelector", {}).get("matchLabels") == {"app.kubernetes.io/name": "prometheus"}
            and peer.get("namespaceSelector", {}).get("matchLabels") == {"kubernetes.io/metadata.name": "monitoring"}
            for peer in peers
        )
        if not opened or not opened <= ports or ("admin" in opened and not is_monitoring):
            yield f"the admin port is open: {rule}"

    data = config["data"]
    for unknown in sorted(key for key in data if key not in settings()):
        yield f"{unknown} is not a setting"
    if {each["configMapRef"]["name"] for each in container["envFrom"]} != {config["metadata"]["name"]}:
        yield "the container does not refer to the ConfigMap"
    if any("DATABASE_URL" == each["name"] and "valueFrom" not in each for each in container["env"]):
        yield "a secret is written down"

    stop = seconds(data["HIGHBALL_SHUTDOWN_DELAY"]) + seconds(data["HIGHBALL_SHUTDOWN_TIMEOUT"]) + CLOSE
    if pod["spec"].get("terminationGracePeriodSeconds", 30) < stop:
        yield f"the grace period is shorter than {stop:.0f} s"
    probes = {kind: container.get(f"{kind}Probe", {}) for kind in ["startup", "liveness", "readiness"]}
    for kind, route in [("startup", "/livez"), ("liveness", "/livez"), ("readiness", "/readyz")]:
        if probes[kind].get("httpGet") != {"path": route, "port": "http"}:
            yield f"the {kind} probe does not request {route} of `http`"
            return
    ready = probes["readiness"]
    if ready["timeoutSeconds"] <= CHECK:
        yield "the readiness probe ends before the checks"
    # The delay begins with SIGTERM, and each balancer that probes by itself has to see the failures in it.
    if ready["periodSeconds"] * ready["failureThreshold"] > seconds(data["HIGHBALL_SHUTDOWN_DELAY"]):
        yield "shutdown_delay is shorter than the readiness probe takes"
    if probes["liveness"]["periodSeconds"] * probes["liveness"]["failureThreshold"] < 30:
        yield "the liveness probe restarts a process that is only slow"

    update = deployment["spec"]["strategy"]["rollingUpdate"]
    if update["maxUnavailable"] != 0 or update["maxSurge"] in (0, "0%"):
        yield "an update stops an old pod first"
    if "replicas" in deployment["spec"]:
        yield "`replicas` would undo the autoscaler"
    budget = by_kind["PodDisruptionBudget"]["spec"]
    if "minAvailable" in budget or budget.get("maxUnavailable") in (0, "0%", None):
        yield "the disruption budget can block every drain"
    scaler = by_kind["HorizontalPodAutoscaler"]["spec"]
    if scaler["scaleTargetRef"] != {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}:
        yield "the autoscaler has another target"
    if scaler.get("minReplicas", 1) < 2 or scaler["minReplicas"] > scaler["maxReplicas"]:
        yield "fewer than two replicas have no update without a gap in a drain"
    if scaler["behavior"]["scaleDown"]["stabilizationWindowSeconds"] < 300:
        yield "the autoscaler follows each dip"


def metric_of(docs):
    for doc in docs:
        if doc["kind"] == "HorizontalPodAutoscaler":
            return [each["pods"]["metric"]["name"] for each in doc["spec"]["metrics"] if each["type"] == "Pods"]
    return []


def check_adapter(docs, metrics):
    """Yields the metrics of the autoscaler that prometheus-adapter does not have."""
    (config,) = docs
    rules = yaml.safe_load(config["data"]["config.yaml"])["rules"]
    for rule in rules:
        if set(rule) != {"seriesQuery", "resources", "name", "metricsQuery"}:
            yield f"prometheus-adapter: the fields {sorted(rule)}"
    served = {rule["name"]["as"]: rule for rule in rules}
    for metric in metrics:
        rule = served.get(metric)
        if rule is None:
            yield f"prometheus-adapter has no metric {metric}"
            continue
        resources = {each["resource"] for each in rule["resources"]["overrides"].values()}
        if resources != {"namespace", "pod"} or not rule["seriesQuery"].startswith(metric + "{"):
            yield f"{metric} is not a metric of pods"
        if not all(f"<<.{each}>>" in rule["metricsQuery"] for each in ["Series", "LabelMatchers", "GroupBy"]):
            yield f"{metric}: the query has not all of its placeholders"


def check_load(docs):
    """Yields the reasons why the reports of the pods would not add up to one load."""
    (job,) = docs
    spec, (container,) = job["spec"], pod_of(job)["spec"]["containers"]
    count = spec["completions"]
    if spec.get("completionMode") != "Indexed" or spec.get("parallelism") != count:
        yield "the shards do not run at the same time"
    if f"--shard=$(SHARD)/{count}" not in container["args"]:
        yield f"the shards are not {count}"
    if "--json=-" not in container["args"] or "--start-at=$(START_AT)" not in container["args"]:
        yield "the shards have no common start, or no report"
    if spec.get("backoffLimit") != 0 or pod_of(job)["spec"]["restartPolicy"] != "Never":
        yield "a shard may run twice"
    index = "metadata.annotations['batch.kubernetes.io/job-completion-index']"
    fields = {each["name"]: each.get("valueFrom", {}).get("fieldRef", {}).get("fieldPath") for each in container["env"]}
    if fields.get("SHARD") != index:
        yield "SHARD is not the index of the pod"


def rules(sets):
    """Returns each rule that rendered sets of documents break."""
    found = []
    for docs in sets.values():
        for doc in docs:
            if doc["kind"] in ("Deployment", "Job"):
                found += check_pod(pod_of(doc), doc["kind"])
    for name in ["base", "overlays-production"]:
        found += check_app(sets[name])
        found += check_adapter(sets["monitoring"], metric_of(sets[name]))
    found += check_load(sets["load"])
    return found


# Faults that must be found: the set, the kind, the path of a field, and its wrong value. `None` removes the field.
APP, POD = "overlays-production", "spec.template.spec."
BOX = POD + "containers.0."
FAULTS = [
    (APP, "Deployment", "spec.replica", 3),
    (APP, "Deployment", BOX + "livenessProbe.httpGet.paht", "/livez"),
    (APP, "Deployment", BOX + "resources.limits.memory", None),
    (APP, "Deployment", BOX + "livenessProbe.httpGet.path", "/readyz"),
    (APP, "Deployment", BOX + "livenessProbe.failureThreshold", 1),
    (APP, "Deployment", BOX + "readinessProbe", None),
    (APP, "Deployment", BOX + "readinessProbe.timeoutSeconds", 1),
    (APP, "Deployment", BOX + "startupProbe.httpGet.port", "admin"),
    (APP, "Deployment", BOX + "image", "registry.example/shop"),
    (APP, "Deployment", BOX + "securityContext.readOnlyRootFilesystem", None),
    (APP, "Deployment", BOX + "securityContext.privileged", True),
    (APP, "Deployment", BOX + "securityContext.capabilities.drop", []),
    (APP, "Deployment", BOX + "ports.1.name", "metrics"),
    (APP, "Deployment", BOX + "envFrom.0.configMapRef.name", "shop-settings"),
    (APP, "Deployment", BOX + "env.3", {"name": "DATABASE_URL", "value": "postgres://shop:secret@db/shop"}),
    (APP, "Deployment", POD + "securityContext.runAsNonRoot", False),
    (APP, "Deployment", POD + "securityContext.seccompProfile", None),
    (APP, "Deployment", POD + "automountServiceAccountToken", None),
    (APP, "Deployment", POD + "terminationGracePeriodSeconds", 40),
    (APP, "Deployment", POD + "topologySpreadConstraints.0.labelSelector", {}),
    (APP, "Deployment", "spec.strategy.rollingUpdate.maxUnavailable", 1),
    (APP, "Deployment", "spec.replicas", 3),
    (APP, "ConfigMap", "data.HIGHBALL_SHUTDOWN_DELAY", "30s"),
    (APP, "ConfigMap", "data.HIGHBALL_SHUTDOWN_DELAY", "2s"),
    (APP, "ConfigMap", "data.HIGHBALL_SHUTDOWN_WAIT", "5s"),
    (APP, "Service", "spec.ports.0.targetPort", "admin"),
    (APP, "Service", "spec.selector", {"app": "shop"}),
    (APP, "PodDisruptionBudget", "spec.maxUnavailable", 0),
    (APP, "PodDisruptionBudget", "spec.minAvailable", 1),
    (APP, "PodDisruptionBudget", "spec.selector", {}),
    (APP, "HorizontalPodAutoscaler", "spec.metrics.0.pods.metric.name", "highball_capacity"),
    (APP, "HorizontalPodAutoscaler", "spec.metrics.0.pods.target.type", None),
    (APP, "HorizontalPodAutoscaler", "spec.maxReplicas", "30"),
    (APP, "HorizontalPodAutoscaler", "spec.minReplicas", 1),
    (APP, "HorizontalPodAutoscaler", "spec.scaleTargetRef.name", "store"),
    (APP, "HorizontalPodAutoscaler", "spec.behavior.scaleDown.stabilizationWindowSeconds", 0),
    (APP, "PodMonitor", "spec.podMetricsEndpoints.0.intervall", "15s"),
    (APP, "PodMonitor", "spec.podMetricsEndpoints.0.port", "http"),
    (APP, "PodMonitor", "spec.selector", {}),
    (APP, "NetworkPolicy", "spec.ingress.1.from", None),
    (APP, "NetworkPolicy", "spec.ingress.0.ports", None),
    (APP, "NetworkPolicy", "spec.ingress.1.from.0.podSelector", None),
    (APP, "NetworkPolicy", "spec.podSelector", {}),
    ("load", "Job", "spec.parallelism", 2),
    ("load", "Job", "spec.completions", 8),
    ("load", "Job", "spec.completionMode", None),
    ("load", "Job", "spec.backoffLimit", 6),
    ("load", "Job", BOX + "env.1.valueFrom.fieldRef.fieldPath", "metadata.name"),
    ("load", "Job", POD + "securityContext.runAsUser", 0),
    ("monitoring", "ConfigMap", "data.config.yaml", "rules: []"),
]


def is_found(sets, name, kind, path, value):
    """Returns whether the checks find another value at a path. Only the changed document is compared with schemas."""
    sets = copy.deepcopy(sets)
    changed = place = next(doc for doc in sets[name] if doc["kind"] == kind)
    # The only key with a dot is that of a file.
    *way, last = ["data", "config.yaml"] if path.endswith(".yaml") else path.split(".")
    for step in way:
        place = place[int(step)] if isinstance(place, list) else place[step]
    if value is None:
        del place[last]
    elif isinstance(place, list):
        place[int(last)] = value
    else:
        place[last] = value
    return any(check_schema(changed)) or bool(rules(sets))


def main():
    files = sorted(Path(sys.argv[1]).glob("*.yaml"))
    sets = {file.stem: list(yaml.safe_load_all(file.read_text(encoding="utf-8"))) for file in files}
    wrong = [error for docs in sets.values() for doc in docs for error in check_schema(doc)] + rules(sets)
    missed = [fault for fault in FAULTS if not wrong and not is_found(sets, *fault)]
    for line in wrong:
        print(line)
    for name, kind, path, value in missed:
        print(f"not found: {name}, {kind}: {path} = {value!r}")
    if wrong or missed:
        sys.exit(f"{len(wrong) + len(missed)} faults in the manifests or their checks")
    count = sum(map(len, sets.values()))
    print(f"{count} documents of Kubernetes {' and '.join(VERSIONS)} are right, and {len(FAULTS)} faults are found")


if __name__ == "__main__":
    main()
