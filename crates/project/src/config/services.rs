//! Service bindings: `env.NAME` calls an entry of a Worker, this one or another.

use super::env::View;
use super::reader::Reader;
use crate::error::ProjectError;
use crate::place::Place;

/// One of `services`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceBinding {
    pub name: String,
    /// The name of the Worker that is called; this one's own perhaps.
    pub service: String,
    /// The export that is called: `default` unless the configuration names another.
    pub entrypoint: String,
    /// `ctx.props` of the entry.
    pub props: Option<serde_json::Value>,
    pub place: Place,
}

/// Reads the bindings.
pub(crate) fn bindings(
    reader: &mut Reader<'_>,
    view: &View<'_>,
    worker: &str,
    taken: &dyn Fn(&str) -> bool,
) -> Result<Vec<ServiceBinding>, ProjectError> {
    let Some((entry, path)) = view.get("services") else {
        return Ok(Vec::new());
    };
    let mut bindings: Vec<ServiceBinding> = Vec::new();
    for (index, item) in reader.array(&entry.node, &path)?.iter().enumerate() {
        let path = format!("{path}[{index}]");
        let table = reader.table(item, &path)?;
        let known = [
            "binding",
            "service",
            "entrypoint",
            "props",
            "environment",
            "remote",
        ];
        reader.only(table, &path, &known);
        let example = "\"binding\": \"AUTH\"";
        let name = reader.required(table, item.span, &path, "binding", example)?;
        let at = name.node.span;
        let name = reader.string(&name.node, &format!("{path}.binding"))?;
        let example = format!("\"service\": \"{worker}\"");
        let service = reader.required(table, item.span, &path, "service", &example)?;
        let service = reader.string(&service.node, &format!("{path}.service"))?;
        let entrypoint = table
            .get("entrypoint")
            .map(|entry| reader.string(&entry.node, &format!("{path}.entrypoint")))
            .transpose()?
            .unwrap_or("default");
        if let Some(environment) = table.get("environment") {
            let text =
                "\"environment\" of a service is not supported: name the Worker by \"service\"";
            reader.warn(environment.key_span, text);
        }
        let props = table.get("props");
        if let Some(props) = props {
            reader.table(&props.node, &format!("{path}.props"))?;
        }
        if taken(name) || bindings.iter().any(|other| other.name == name) {
            let what = format!("\"{name}\" is also another binding or one of \"vars\"");
            return Err(reader.error(at, what, "give each its own name"));
        }
        let place = reader.place(item.span);
        bindings.push(ServiceBinding {
            name: name.to_owned(),
            service: service.to_owned(),
            entrypoint: entrypoint.to_owned(),
            props: props.map(|props| props.node.to_json()),
            place,
        });
    }
    Ok(bindings)
}
