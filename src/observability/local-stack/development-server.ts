import type { Service } from '../../service';
import { managementPortOf } from './prometheus';

/** What `.env.dev` says that concerns the local stack; `tools/observability/facts.ts` has its type. */
export function developmentServer(service: Service): object {
  const inDev = (variable: string) => service.tryFindConfigVariable(variable)?.valueIn('dev');
  return {
    collector: inDev('OTEL_EXPORTER_OTLP_ENDPOINT'),
    host: inDev('HOST'),
    managementPort: managementPortOf(service),
  };
}
