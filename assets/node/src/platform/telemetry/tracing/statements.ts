import type { TracerProvider } from '@opentelemetry/api';

/** Not typed, because only services with a database have the package. */
const PACKAGE: string = '@prisma/instrumentation';

interface PrismaInstrumentation {
  setTracerProvider(provider: TracerProvider): void;
  enable(): void;
  disable(): void;
}

/** Spans of what the Prisma client does, down to each statement; nothing where there is no Prisma. */
export async function traceStatements(provider: TracerProvider): Promise<() => void> {
  try {
    const loaded = (await import(PACKAGE)) as { PrismaInstrumentation: new () => PrismaInstrumentation };
    const instrumentation = new loaded.PrismaInstrumentation();
    instrumentation.setTracerProvider(provider);
    instrumentation.enable();
    return () => instrumentation.disable();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return () => undefined;
    throw error;
  }
}
