import type { Project } from 'projen';
import { OwnedText, type Owner } from '../../files';
import { NodeRuntime } from '../../runtime/node';
import { BackingService, Guide, type NetworkPeer, Service } from '../../service';
import { TELEMETRY_GUIDE } from './guide';
import { requestDuration, telemetryMetrics } from './metrics';
import { instrumentProblems, renderMetricsModule } from './metrics-module';
import { type TelemetryChoices, telemetryVariables } from './variables';

const METRICS_MODULE = 'src/platform/metrics.ts';
const OWNER: Owner = { component: 'Observability', change: 'the metrics and objectives of the service' };

/** Where traces go, in the environments that have an endpoint; network rules take the port of that. */
const collectorAt = (peer: NetworkPeer | undefined) =>
  BackingService.http({
    name: 'otel-collector',
    port: 4318,
    required: false,
    urlVariable: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    peer,
    statedBy: 'Observability',
  });

/**
 * Lets a Node service measure, log and trace, and states what it emits. Other projects have no code of ours to do it.
 *
 * @internal
 */
export function addTelemetry(project: Project, choices: TelemetryChoices): void {
  if (!NodeRuntime.supports(project)) {
    return;
  }
  const service = Service.of(project);
  const runtime = NodeRuntime.of(project);
  runtime.installPlatform('telemetry');
  runtime.bind({ exportName: 'metrics', from: './metrics.js' });
  new OwnedText(project, METRICS_MODULE, { owner: OWNER, text: () => renderMetricsModule(service) });
  for (const fact of [
    ...telemetryVariables(choices),
    ...telemetryMetrics(),
    collectorAt(choices.collector?.peer),
    new Guide('telemetry', TELEMETRY_GUIDE),
  ]) {
    service.state(fact);
  }
  service.addDerivation(requestDuration);
  service.addValidation({ validate: instrumentProblems });
}
