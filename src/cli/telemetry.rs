//! Logs, and traces for an OpenTelemetry collector: the latter only in builds with the feature `otel`, and only
//! where the operator names a collector. Nothing leaves the machine by itself.

use tracing_subscriber::{EnvFilter, Registry, layer::SubscriberExt, util::SubscriberInitExt};

/// The standard's variables that name a collector.
const COLLECTOR: [&str; 2] = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];

fn is_collector_named() -> bool {
    COLLECTOR.iter().any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// Sends what is left when it is dropped, after the runtime's work has ended.
#[must_use]
pub struct Telemetry {
    #[cfg(feature = "otel")]
    traces: Option<opentelemetry_sdk::trace::SdkTracerProvider>,
}

/// Structured logs on standard error, filtered by `VOUCH_LOG`, and traces where they are wanted.
///
/// # Errors
/// When the collector's address or another of the standard's variables makes no sense.
pub fn start() -> anyhow::Result<Telemetry> {
    let filter = EnvFilter::try_from_env("VOUCH_LOG")
        .unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn,lapin=warn,object_store=warn"));
    // Lines stay as they are whether or not there are spans around them.
    let logs = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_writer(std::io::stderr);
    let everything = Registry::default().with(filter).with(logs);
    #[cfg(feature = "otel")]
    {
        let traces = is_collector_named().then(otel::provider).transpose()?;
        // A second start in one process would be a test's.
        let _ = everything.with(traces.as_ref().map(otel::layer)).try_init();
        Ok(Telemetry { traces })
    }
    #[cfg(not(feature = "otel"))]
    {
        let _ = everything.try_init();
        if is_collector_named() {
            tracing::warn!(
                "a collector of traces is named, but this build sends none: cargo build --features otel"
            );
        }
        Ok(Telemetry {})
    }
}

#[cfg(feature = "otel")]
impl Drop for Telemetry {
    fn drop(&mut self) {
        let ended = self.traces.take().map(|traces| traces.shutdown_with_timeout(otel::END));
        if let Some(Err(error)) = ended {
            tracing::warn!(error = &error as &dyn std::error::Error, "the last traces were not sent");
        }
    }
}

#[cfg(feature = "otel")]
mod otel {
    use std::time::Duration;

    use anyhow::Context;
    use opentelemetry::trace::TracerProvider;
    use opentelemetry_otlp::SpanExporter;
    use opentelemetry_sdk::{Resource, propagation::TraceContextPropagator, trace::SdkTracerProvider};
    use tracing::Subscriber;
    use tracing_subscriber::{Layer, filter::filter_fn, registry::LookupSpan};

    /// Longest wait for the collector at the end: a collector that is away must not keep the process.
    pub(super) const END: Duration = Duration::from_secs(3);

    /// Spans go out in batches, from a thread of their own. Address, headers, sampling and limits are the
    /// standard's variables.
    pub(super) fn provider() -> anyhow::Result<SdkTracerProvider> {
        opentelemetry::global::set_text_map_propagator(TraceContextPropagator::new());
        let exporter = SpanExporter::builder().with_http().build().context("sending traces")?;
        let mut resource = Resource::builder();
        if std::env::var_os("OTEL_SERVICE_NAME").is_none() {
            resource = resource.with_service_name(env!("CARGO_PKG_NAME"));
        }
        Ok(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource.build()).build())
    }

    /// Only spans of our own: those of libraries may hold what we would not log.
    pub(super) fn layer<S>(traces: &SdkTracerProvider) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let tracer = traces.tracer(env!("CARGO_PKG_NAME"));
        let ours = filter_fn(|metadata| metadata.target().starts_with(env!("CARGO_PKG_NAME")));
        tracing_opentelemetry::layer().with_tracer(tracer).with_location(false).with_filter(ours)
    }
}
