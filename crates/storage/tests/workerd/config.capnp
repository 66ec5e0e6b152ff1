# Serves recorder.js with the published workerd: `npx workerd serve config.capnp --experimental`.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "recorder", worker = .recorder),
    (name = "disk", disk = (path = "/tmp/holdfast-recorder", writable = true)),
  ],
  sockets = [(name = "http", address = "127.0.0.1:8798", http = (), service = "recorder")],
);

const recorder :Workerd.Worker = (
  modules = [(name = "recorder.js", esModule = embed "recorder.js")],
  compatibilityDate = "2026-08-01",
  durableObjectNamespaces = [(className = "Recorder", uniqueKey = "recorder", enableSql = true)],
  durableObjectStorage = (localDisk = "disk"),
  bindings = [(name = "RECORDER", durableObjectNamespace = "Recorder")],
);
