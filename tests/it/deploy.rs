//! What `deploy/` starts is what the program takes: its settings, its arguments, its probes.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;

/// Where containers find their secrets.
const SECRETS: &str = "/run/secrets/";
/// Where they find the configuration file.
const CONFIGURATION: &str = "/etc/vouch/vouch.toml";

fn deploy() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy")
}

fn documents(file: &str) -> Vec<Value> {
    let text = fs::read_to_string(deploy().join(file)).unwrap();
    serde_saphyr::from_multiple(&text).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// A container that runs `vouch`, out of whichever file.
#[derive(Debug)]
struct Container {
    name: String,
    arguments: Vec<String>,
    environment: BTreeMap<String, String>,
    /// Text of the configuration file that it is given.
    configuration: Option<String>,
    /// Secrets that are mounted.
    secrets: BTreeSet<String>,
    /// Folders that can be written.
    writable: Vec<String>,
    /// Port and path of each probe.
    probes: Vec<(String, String)>,
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().map(|item| item.as_str().unwrap().to_owned()).collect()
}

fn of_compose() -> Vec<Container> {
    let compose = documents("compose.yaml").remove(0);
    let services = compose["services"].as_object().unwrap();
    let ours = services.iter().filter(|(_, service)| service["image"].as_str().unwrap().contains("vouch:"));
    ours.map(|(name, service)| {
        let environment = service["environment"].as_object().unwrap().iter();
        let mounted = service["configs"].as_array().into_iter().flatten();
        let mut configuration = mounted.map(|config| {
            assert_eq!(config["target"], CONFIGURATION);
            let file = compose["configs"][config["source"].as_str().unwrap()]["file"].as_str().unwrap();
            fs::read_to_string(deploy().join(file)).unwrap()
        });
        assert_eq!(service["read_only"], true, "{name}");
        assert_eq!(texts(&service["cap_drop"]), ["ALL"], "{name}");
        assert_eq!(texts(&service["security_opt"]), ["no-new-privileges:true"], "{name}");
        assert!(service["mem_limit"].is_string(), "{name}");
        let secrets: BTreeSet<String> = texts(&service["secrets"]).into_iter().collect();
        for secret in &secrets {
            assert!(compose["secrets"][secret]["file"].is_string(), "{secret}");
        }
        let folder = |mount: String| mount.split(':').find(|part| part.starts_with('/')).unwrap().to_owned();
        let probe = texts(&service["healthcheck"]["test"]);
        assert_eq!(probe[..3], ["CMD", "vouch", "health"]);
        let (host, path) = probe[3].strip_prefix("http://").unwrap().split_once('/').unwrap();
        Container {
            name: format!("compose {name}"),
            arguments: texts(&service["command"]),
            environment: environment
                .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
                .collect(),
            configuration: configuration.next(),
            secrets,
            writable: [texts(&service["volumes"]), texts(&service["tmpfs"])]
                .concat()
                .into_iter()
                .map(folder)
                .collect(),
            probes: vec![(host.split_once(':').unwrap().1.to_owned(), format!("/{path}"))],
        }
    })
    .collect()
}

/// Every object of the Kubernetes manifests.
fn manifests() -> Vec<Value> {
    let kustomization = documents("kubernetes/kustomization.yaml").remove(0);
    let mut files = texts(&kustomization["resources"]);
    files.push("secrets.example.yaml".to_owned());
    files.iter().flat_map(|file| documents(&format!("kubernetes/{file}"))).collect()
}

fn of_kind<'a>(manifests: &'a [Value], kind: &str) -> Vec<&'a Value> {
    manifests.iter().filter(|object| object["kind"] == kind).collect()
}

#[test]
fn workers_are_scaled_by_what_the_queue_has() {
    let (manifests, scaling) = (manifests(), documents("kubernetes/scaling/worker.yaml"));
    let scaled = &of_kind(&scaling, "ScaledObject").remove(0)["spec"];
    let target = &scaled["scaleTargetRef"]["name"];
    assert!(of_kind(&manifests, "Deployment").iter().any(|known| known["metadata"]["name"] == *target));
    let budget = of_kind(&manifests, "PodDisruptionBudget");
    let kept = |name: &Value| budget.iter().find(|known| known["metadata"]["name"] == *name).unwrap();
    let (least, most) = (&scaled["minReplicaCount"], &scaled["maxReplicaCount"]);
    assert!(least.as_i64() > kept(target)["spec"]["minAvailable"].as_i64() && most.as_i64() > least.as_i64());
    let entrance = of_kind(&scaling, "TriggerAuthentication").remove(0);
    assert_eq!(scaled["triggers"][0]["authenticationRef"]["name"], entrance["metadata"]["name"]);
    let key = &entrance["spec"]["secretTargetRef"][0];
    let secret = of_kind(&manifests, "Secret").remove(0);
    assert_eq!(key["name"], secret["metadata"]["name"]);
    assert!(secret["stringData"][key["key"].as_str().unwrap()].is_string());
}

fn of_kubernetes() -> Vec<Container> {
    let manifests = manifests();
    let secret = of_kind(&manifests, "Secret").remove(0);
    let settings = of_kind(&manifests, "ConfigMap").remove(0);
    let container = |deployment: &Value| {
        let name = format!("kubernetes {}", deployment["metadata"]["name"].as_str().unwrap());
        let pod = &deployment["spec"]["template"]["spec"];
        let container = &pod["containers"][0];
        let volumes = pod["volumes"].as_array().unwrap();
        let volume = |mount: &Value| volumes.iter().find(|volume| volume["name"] == mount["name"]).unwrap();
        let mounts = container["volumeMounts"].as_array().unwrap();
        let mounted = |path: &str| mounts.iter().find(|mount| mount["mountPath"] == path).map(volume);
        assert_eq!(mounted("/run/secrets").unwrap()["secret"]["secretName"], secret["metadata"]["name"]);
        assert_eq!(mounted("/etc/vouch").unwrap()["configMap"]["name"], settings["metadata"]["name"]);
        let (guard, pod_guard) = (&container["securityContext"], &pod["securityContext"]);
        assert_eq!(guard["readOnlyRootFilesystem"], true, "{name}");
        assert_eq!(guard["allowPrivilegeEscalation"], false, "{name}");
        assert_eq!(texts(&guard["capabilities"]["drop"]), ["ALL"], "{name}");
        assert_eq!(pod_guard["runAsNonRoot"], true, "{name}");
        assert_eq!(pod_guard["seccompProfile"]["type"], "RuntimeDefault", "{name}");
        for limit in ["cpu", "memory"] {
            assert!(container["resources"]["limits"][limit].is_string(), "{name}");
            assert!(container["resources"]["requests"][limit].is_string(), "{name}");
        }
        let port = |name: &Value| {
            let ports = container["ports"].as_array().unwrap();
            ports.iter().find(|port| port["name"] == *name).unwrap()["containerPort"].to_string()
        };
        let probe = |kind: &str| {
            let get = &container[kind]["httpGet"];
            (port(&get["port"]), get["path"].as_str().unwrap().to_owned())
        };
        let environment = container["env"].as_array().unwrap().iter();
        let writable = mounts.iter().filter(|mount| mount["readOnly"] != true);
        Container {
            arguments: texts(&container["args"]),
            environment: environment
                .map(|entry| {
                    (entry["name"].as_str().unwrap().into(), entry["value"].as_str().unwrap().into())
                })
                .collect(),
            configuration: Some(settings["data"]["vouch.toml"].as_str().unwrap().to_owned()),
            secrets: secret["stringData"].as_object().unwrap().keys().cloned().collect(),
            writable: writable.map(|mount| mount["mountPath"].as_str().unwrap().to_owned()).collect(),
            probes: vec![probe("livenessProbe"), probe("readinessProbe")],
            name,
        }
    };
    of_kind(&manifests, "Deployment").into_iter().map(container).collect()
}

fn containers() -> Vec<Container> {
    let mut all = of_compose();
    all.extend(of_kubernetes());
    let started: Vec<&str> = all.iter().map(|container| container.arguments[0].as_str()).collect();
    assert_eq!(started, ["serve", "worker", "serve", "worker"]);
    all
}

/// Runs the program with a container's environment, its secrets and configuration standing in `folder`.
fn run(container: &Container, folder: &Path, arguments: &[&str], more: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vouch"));
    command.env_clear().current_dir(folder).args(arguments);
    for (name, value) in &container.environment {
        let path = value.strip_prefix(SECRETS).map(|name| folder.join(name));
        command.env(name, path.unwrap_or_else(|| value.into()));
    }
    if let Some(text) = &container.configuration {
        fs::write(folder.join("vouch.toml"), text).unwrap();
        command.env("VOUCH_CONFIG", folder.join("vouch.toml"));
    }
    command.envs(more.iter().copied()).output().unwrap()
}

/// A folder with a secret of each name.
fn secrets() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let example = of_kind(&manifests(), "Secret").remove(0)["stringData"].clone();
    for (name, value) in example.as_object().unwrap() {
        fs::write(folder.path().join(name), value.as_str().unwrap()).unwrap();
    }
    folder
}

#[test]
fn settings_are_those_of_the_program() {
    let folder = secrets();
    for container in containers() {
        let help = run(&container, folder.path(), &[&container.arguments[0], "--help"], &[]);
        // Without the breaks of its lines.
        let help = String::from_utf8(help.stdout).unwrap();
        let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
        for (name, value) in &container.environment {
            let known = [format!("[env: {name}="), format!("[env: {name}]")];
            assert!(known.iter().any(|known| help.contains(known)), "{}: {name}", container.name);
            if let Some(secret) = value.strip_prefix(SECRETS) {
                assert!(container.secrets.contains(secret), "{}: {name}", container.name);
            }
        }
        let data = &container.environment["VOUCH_DATA"];
        assert!(container.writable.contains(data), "{}: {data} cannot be written", container.name);
        assert!(container.writable.contains(&"/tmp".to_owned()), "{}", container.name);

        let file = container.configuration.is_some().then_some("vouch.toml");
        let arguments: Vec<&str> = ["config", "check"].into_iter().chain(file).collect();
        let checked = run(&container, folder.path(), &arguments, &[]);
        assert!(checked.status.success(), "{}: {}", container.name, String::from_utf8_lossy(&checked.stderr));
        let shown = String::from_utf8(checked.stdout).unwrap();
        let row = |name: &str| {
            let line = shown.lines().find(|line| line.split_whitespace().next() == Some(name)).unwrap();
            line.split_whitespace().nth(1).unwrap().to_owned()
        };
        assert_eq!(row("database"), "postgres");
        assert!(row("amqp").starts_with("amqp://"));
        assert!(row("blobs").starts_with("s3://"), "{}", row("blobs"));
        assert_eq!(row("readers"), container.environment["VOUCH_READERS"]);
    }
}

#[test]
fn arguments_are_those_of_the_program() {
    let folder = secrets();
    for container in containers() {
        let arguments: Vec<&str> = container.arguments.iter().map(String::as_str).collect();
        // Nothing is started: that the settings are looked at means that the arguments were taken.
        let refused = run(&container, folder.path(), &arguments, &[("VOUCH_READERS", "0")]);
        let told = String::from_utf8(refused.stderr).unwrap();
        assert!(told.contains("readers: 0 is not between"), "{}: {told}", container.name);
    }
}

#[test]
fn probes_ask_where_the_program_answers() {
    for container in containers() {
        let listens = if container.arguments[0] == "serve" { "VOUCH_LISTEN" } else { "VOUCH_WATCH" };
        let (address, port) = container.environment[listens].rsplit_once(':').unwrap();
        for (asked, path) in &container.probes {
            assert_eq!(asked, port, "{}", container.name);
            assert!(["/healthz", "/readyz"].contains(&path.as_str()), "{}: {path}", container.name);
        }
        // Compose's probe asks from within.
        let is_outside = container.name.starts_with("kubernetes");
        assert!(!is_outside || address == "0.0.0.0", "{}", container.name);
    }
}

#[test]
fn every_selector_selects() {
    let manifests = manifests();
    let deployments = of_kind(&manifests, "Deployment");
    let selected = |labels: &Value| {
        deployments.iter().any(|deployment| {
            let own = &deployment["spec"]["template"]["metadata"]["labels"];
            labels.as_object().unwrap().iter().all(|(name, value)| own[name] == *value)
        })
    };
    for (kind, pointer) in [
        ("Deployment", "/spec/selector/matchLabels"),
        ("PodDisruptionBudget", "/spec/selector/matchLabels"),
        ("NetworkPolicy", "/spec/podSelector/matchLabels"),
        ("Service", "/spec/selector"),
    ] {
        let objects = of_kind(&manifests, kind);
        assert!(!objects.is_empty(), "{kind}");
        for object in objects {
            assert!(selected(object.pointer(pointer).unwrap()), "{kind} {}", object["metadata"]["name"]);
        }
    }
}

#[test]
fn the_image_has_the_user_and_the_folder_of_the_manifests() {
    let dockerfile = fs::read_to_string(deploy().join("../Dockerfile")).unwrap();
    for container in of_compose() {
        assert!(dockerfile.contains(&format!("-d {}", container.environment["VOUCH_DATA"])));
    }
    let manifests = manifests();
    for deployment in of_kind(&manifests, "Deployment") {
        let user = &deployment["spec"]["template"]["spec"]["securityContext"]["runAsUser"];
        assert!(dockerfile.contains(&format!("--uid {user} ")), "{user}");
    }
}
