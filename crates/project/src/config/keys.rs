//! The keys of a wrangler configuration: what each means here, and how environments inherit it.
//!
//! The list follows wrangler 4's published `config-schema.json`, with what older ones knew beside it.

/// What Holdfast does with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Support {
    /// Read and used.
    Read,
    /// About deploying to Cloudflare, or about a bundler's output: no effect on running here.
    Harmless,
    /// Declares bindings that do not exist yet: `env.NAME` will be undefined.
    Binding,
    /// Not supported yet, with the consequence for the user.
    Missing(&'static str),
    /// Older wranglers knew it, with what took its place.
    Gone(&'static str),
}

/// How a named environment comes by a key, as wrangler has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Inheritance {
    /// The top level's value holds where the environment has none.
    Inherited,
    /// Must be repeated in the environment.
    Own,
    /// Exists at the top level only.
    TopOnly,
}

use Inheritance::{Inherited, Own, TopOnly};
use Support::{Binding, Gone, Harmless, Missing, Read};

pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) support: Support,
    pub(crate) inheritance: Inheritance,
}

const fn key(name: &'static str, support: Support, inheritance: Inheritance) -> Key {
    Key {
        name,
        support,
        inheritance,
    }
}

#[rustfmt::skip]
pub(crate) const KEYS: &[Key] = &[
    key("$schema", Harmless, TopOnly),
    key("account_id", Harmless, Inherited),
    key("ai", Binding, Own),
    key("ai_search", Binding, Own),
    key("ai_search_namespaces", Binding, Own),
    key("alias", Read, TopOnly),
    key("analytics_engine_datasets", Binding, Own),
    key("artifacts", Binding, Own),
    key("assets", Missing("static files are not served"), Inherited),
    key("base_dir", Harmless, Inherited),
    key("browser", Binding, Own),
    key("build", Missing("run your build command yourself"), Inherited),
    key("cache", Harmless, Inherited),
    key("cloudchamber", Missing("containers do not run"), Own),
    key("compatibility_date", Read, Inherited),
    key("compatibility_flags", Read, Inherited),
    key("compliance_region", Harmless, Inherited),
    key("containers", Missing("containers do not run"), Own),
    key("d1_databases", Binding, Own),
    key("data_blobs", Missing("import the files instead: a rule of type Data"), TopOnly),
    key("define", Read, Own),
    key("dev", Read, TopOnly),
    key("dispatch_namespaces", Binding, Own),
    key("durable_objects", Read, Own),
    key("env", Read, TopOnly),
    key("find_additional_modules", Missing("only modules that an import names are loaded"), Inherited),
    key("first_party_worker", Harmless, Inherited),
    key("flagship", Binding, Own),
    key("hyperdrive", Binding, Own),
    key("images", Binding, Own),
    key("jsx_factory", Read, Inherited),
    key("jsx_fragment", Read, Inherited),
    key("keep_names", Harmless, Inherited),
    key("keep_vars", Harmless, TopOnly),
    key("kv_namespaces", Binding, Own),
    key("legacy_assets", Missing("static files are not served"), Inherited),
    key("legacy_env", Harmless, TopOnly),
    key("limits", Read, Inherited),
    key("logfwdr", Harmless, Inherited),
    key("logpush", Harmless, Inherited),
    key("main", Read, Inherited),
    key("media", Binding, Own),
    key("migrations", Read, Inherited),
    key("minify", Harmless, Inherited),
    key("mtls_certificates", Binding, Own),
    key("name", Read, Inherited),
    key("no_bundle", Harmless, Inherited),
    key("node_compat", Gone("add \"nodejs_compat\" to \"compatibility_flags\""), Inherited),
    key("observability", Harmless, Inherited),
    key("pages_build_output_dir", Missing("a Pages project does not run: set \"main\" to a Worker"), TopOnly),
    key("pipelines", Binding, Own),
    key("placement", Harmless, Inherited),
    key("preserve_file_names", Harmless, Inherited),
    key("preview_urls", Harmless, Inherited),
    key("previews", Harmless, Inherited),
    key("python_modules", Missing("Python Workers do not run"), Inherited),
    key("queues", Binding, Own),
    key("r2_buckets", Binding, Own),
    key("ratelimits", Binding, Own),
    key("route", Harmless, Inherited),
    key("routes", Harmless, Inherited),
    key("rules", Read, Inherited),
    key("secrets", Read, Own),
    key("secrets_store_secrets", Binding, Own),
    key("send_email", Binding, Own),
    key("send_metrics", Harmless, TopOnly),
    key("services", Read, Own),
    key("site", Missing("static files are not served"), TopOnly),
    key("stream", Binding, Own),
    key("streaming_tail_consumers", Missing("tail Workers are not called"), Own),
    key("tail_consumers", Missing("tail Workers are not called"), Own),
    key("text_blobs", Missing("import the files instead: a rule of type Text"), TopOnly),
    key("triggers", Read, Inherited),
    key("tsconfig", Read, Inherited),
    key("type", Harmless, TopOnly),
    key("unsafe", Binding, Own),
    key("unsafe_hello_world", Binding, Own),
    key("upload_source_maps", Harmless, Inherited),
    key("usage_model", Harmless, Inherited),
    key("vars", Read, Own),
    key("vectorize", Binding, Own),
    key("version_metadata", Binding, Own),
    key("vpc_networks", Binding, Own),
    key("vpc_services", Binding, Own),
    key("wasm_modules", Missing("import the files instead: import module from \"./module.wasm\""), TopOnly),
    key("worker_loaders", Binding, Own),
    key("workers_dev", Harmless, Inherited),
    key("workflows", Binding, Own),
    key("zone_id", Harmless, Inherited),
];

/// What is known of a key; `None` for one that no wrangler knows.
pub(crate) fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

/// The known name most like `name`, when it is like enough to be a slip of the pen.
pub(crate) fn nearest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    const LIKENESS_MIN: f64 = 0.75;
    let lower = name.to_lowercase();
    known
        .into_iter()
        .map(|candidate| {
            let other = candidate.to_lowercase();
            // Half a name is as good as a slip: `cpu` for `cpu_ms`.
            let begun = lower.len() >= 3 && other.starts_with(&lower);
            let likeness = strsim::normalized_damerau_levenshtein(&lower, &other);
            (
                candidate,
                if begun {
                    likeness.max(LIKENESS_MIN)
                } else {
                    likeness
                },
            )
        })
        .filter(|(_, likeness)| *likeness >= LIKENESS_MIN)
        .max_by(|(_, a), (_, b)| a.total_cmp(b))
        .map(|(candidate, _)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_has_no_key_twice() {
        let names: Vec<_> = KEYS.iter().map(|key| key.name).collect();
        let mut sorted = names.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(names, sorted);
    }

    #[test]
    fn slips_are_recognised_and_strangers_are_not() {
        let names = || KEYS.iter().map(|key| key.name);
        assert_eq!(
            nearest("compatability_date", names()),
            Some("compatibility_date")
        );
        assert_eq!(nearest("durable_object", names()), Some("durable_objects"));
        assert_eq!(nearest("Vars", names()), Some("vars"));
        assert_eq!(nearest("frobnicate", names()), None);
    }
}
