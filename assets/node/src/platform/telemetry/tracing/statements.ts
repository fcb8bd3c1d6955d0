import type { TracerProvider } from '@opentelemetry/api';
import { isUnrecorded } from './unsampled.js';

/** Not typed, because only services with a database have the package. */
const PACKAGE: string = '@prisma/instrumentation';

interface PrismaInstrumentation {
  setTracerProvider(provider: TracerProvider): void;
  enable(): void;
  disable(): void;
}

/** What the Prisma client asks at every step of a query. */
interface TracingHelper {
  isEnabled(): boolean;
  getTraceParent(context?: unknown): string;
  getActiveContext(): unknown;
  runInChildSpan(options: unknown, work: (...args: unknown[]) => unknown): unknown;
}

/** Where the instrumentation leaves it, and the client looks for it; the first is that of the client's own version. */
const PLACES: readonly string[] = ['V7_PRISMA_INSTRUMENTATION', 'PRISMA_INSTRUMENTATION'];

/** Steps that only the client's own authors can do something about; with them a query would have twice the spans. */
const WITHIN_THE_CLIENT: readonly string[] = ['prisma:client:serialize', 'prisma:client:compile'];

/** What the client gets where nobody traces. */
const NO_TRACE = '00-10-10-00';

/** Spans of what the Prisma client does, down to each statement; nothing where there is no Prisma. */
export async function traceStatements(provider: TracerProvider): Promise<() => void> {
  try {
    const loaded = (await import(PACKAGE)) as {
      PrismaInstrumentation: new (config: { ignoreSpanTypes: readonly string[] }) => PrismaInstrumentation;
    };
    const instrumentation = new loaded.PrismaInstrumentation({ ignoreSpanTypes: WITHIN_THE_CLIENT });
    instrumentation.setTracerProvider(provider);
    instrumentation.enable();
    for (const place of PLACES) traceOnlyRecorded(place);
    return () => instrumentation.disable();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return () => undefined;
    throw error;
  }
}

/**
 * For what is not recorded the client goes on as if nobody traced. Else a query has five spans that come to nothing, with their promises,
 * attributes and contexts: half of what the query itself takes.
 */
function traceOnlyRecorded(place: string): void {
  const found = (globalThis as Readonly<Record<string, unknown>>)[place] as { helper?: TracingHelper } | undefined;
  const helper = found?.helper;
  // A client that looks elsewhere is traced all the same, only at that price.
  if (helper === undefined) return;
  const recorded: TracingHelper = {
    isEnabled: () => !isUnrecorded(),
    getTraceParent: (context) => (isUnrecorded() ? NO_TRACE : helper.getTraceParent(context)),
    getActiveContext: () => (isUnrecorded() ? undefined : helper.getActiveContext()),
    runInChildSpan: (options, work) => (isUnrecorded() ? work() : helper.runInChildSpan(options, work)),
  };
  Object.assign(globalThis, { [place]: { helper: Object.setPrototypeOf(recorded, helper) } });
}
